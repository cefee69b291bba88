"""The pages somebody signs up on in a browser: server-rendered, without JavaScript, in Danish and English.

Owns: the way from the first page to the account, what is known between two pages (`session`).
Promises: nothing is written of anybody before the last step, and then all of it at once; a page sent twice does what it
does once; whoever stops half-way is forgotten half an hour later; nothing personal in an address, a log line or a
problem; nobody who signed up here is rung before they have the app.
Never: counts for a campaign, knows what a join code stands for, sets a cookie before somebody asked for a code.

Who may call these pages, how much, and how a refusal becomes a page, is put together in `backend.app.sign_up_pages`:
guards and problems are the API's, and neighbours do not import each other.
"""
