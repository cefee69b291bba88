"""The pages of those who work: at a dispatch centre's seats, and those who run the service. `/konsol`.

Owns: the live board, the wall and one incident's page, with what their scripts call; signing in and changing who sits
there, saying who one is and may do what, the second person, and breaking the glass of one incident's address. No
tables: staff, seats, sessions and requests are identity's.
Promises: says and does about an alarm what a dispatch system can, by the same functions; works without JavaScript as
far as a page can, in Danish and by choice in English; what shows old things says so within five seconds; every form,
and every call of a script that changes something, carries a word of the session that no other site knows; a session
never ends in an alarm, nor with the provider; what is read or decided is journalled with who it was.
Never: sees a password, shows an address without a reason, a fresh proof and a line in the journal, shows anybody's
exact place, keeps a secret that it could read back, puts anything personal into an address or a log.

Who may call these pages, how much, and how a refusal becomes a page, is put together in `backend.app.console_pages`.
"""
