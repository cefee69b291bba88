"""What the composition asks by itself."""

from backend.foundation.database import Connection


async def borders_version(connection: Connection) -> str:
    """Another text whenever any row of the areas was written, at the price of reading no shape."""
    version = await connection.fetchval(
        "SELECT coalesce(md5(string_agg(id::text || xmin::text, ',' ORDER BY id)), '') FROM regions.area"
    )
    return str(version)
