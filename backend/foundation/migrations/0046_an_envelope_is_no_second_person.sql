-- Whoever came in by a seat's envelope asks for nothing that takes two people: there is no seat to remember.
ALTER TABLE identity.approval DROP COLUMN asked_seat;
