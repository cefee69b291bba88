"""What a volunteer's phone calls: `/mobile/v1`, described by openapi/mobile.json.

Owns: the wire types of the app. Promises: unknown fields of newer phones are tolerated; a repeated call gives the
same answer. Never: an address before accepting.
"""
