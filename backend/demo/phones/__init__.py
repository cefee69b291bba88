"""Virtual phones: a foreign client of the public mobile API, as any app would be.

Owns what simulated people do when rung: how long they take, whether they come, how they walk, what they find.
Promises to know nothing of the server but its HTTP interface, the local FCM server's pushes and the local SMS
server's texts; it imports nothing of `backend`.
Never plays a person whom nobody rang, except the few who sign up before one's eyes.
"""
