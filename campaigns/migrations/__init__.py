"""SQL files, applied by `backend.public.store.migrate` after the backend's own; never edited once applied."""
