"""The providers: FCM and an SMS gateway, behind one interface. The app's own stream is settled by the API instead.

Promises: one request per attempt, on the wire by the moment it was given or not at all, answered within the deadline;
every answer is one of four outcomes. Never: retries, decides about deliveries, touches the database.
"""
