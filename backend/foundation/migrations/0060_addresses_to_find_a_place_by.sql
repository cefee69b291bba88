-- Addresses as the public register has them, for whoever types a place by hand. One import is one edition; one is in use,
-- and everything is read as of it, so that an import can be written beside what is being searched.
CREATE SCHEMA addresses;
GRANT USAGE ON SCHEMA addresses TO hjerteloeber_owner, hjerteloeber_api;

CREATE TABLE addresses.edition (
  id          integer PRIMARY KEY,
  source      text NOT NULL,
  imported_at timestamptz NOT NULL,
  streets     integer NOT NULL,
  addresses   integer NOT NULL,
  in_use      boolean NOT NULL
);
CREATE UNIQUE INDEX one_edition_in_use ON addresses.edition (in_use) WHERE in_use;

-- A street within a postcode: its middle, and how far its addresses are from there.
CREATE TABLE addresses.street (
  edition      integer NOT NULL,
  id           integer NOT NULL,
  name         text NOT NULL,
  postcode     text NOT NULL,
  place        text NOT NULL,
  village      text NOT NULL,   -- the register's "supplerende bynavn"; mostly empty
  place_words  text COLLATE "C" NOT NULL,
  municipality text NOT NULL,   -- empty where the file does not say
  addresses    integer NOT NULL,
  lat          double precision NOT NULL,
  lon          double precision NOT NULL,
  radius_m     integer NOT NULL,
  PRIMARY KEY (edition, id)
);
-- What a street is found by: its folded name, and its ends from each word on. Compared byte by byte: a prefix is a range.
CREATE TABLE addresses.street_key (
  edition   integer NOT NULL,
  key       text COLLATE "C" NOT NULL,
  street_id integer NOT NULL,
  whole     boolean NOT NULL,
  PRIMARY KEY (edition, key, street_id)
);
CREATE TABLE addresses.address (
  edition   integer NOT NULL,
  street_id integer NOT NULL,
  number    smallint NOT NULL,
  letter    text NOT NULL,      -- of the house, as in 3B; empty for most
  floor     text NOT NULL,
  door      text NOT NULL,
  lat       double precision NOT NULL,
  lon       double precision NOT NULL,
  dar_id    uuid NOT NULL
);
CREATE INDEX address_of_street ON addresses.address (edition, street_id, number, letter);
CREATE TABLE addresses.postcode (
  edition  integer NOT NULL,
  postcode text NOT NULL,
  place    text NOT NULL,
  lat      double precision NOT NULL,
  lon      double precision NOT NULL,
  radius_m integer NOT NULL,
  PRIMARY KEY (edition, postcode)
);
-- No row-level security: nothing here is about a person or a centre. A public register's addresses, nobody's in particular.
GRANT SELECT ON addresses.edition, addresses.street, addresses.street_key, addresses.address, addresses.postcode
  TO hjerteloeber_owner, hjerteloeber_api;
GRANT INSERT, DELETE ON addresses.edition, addresses.street, addresses.street_key, addresses.address, addresses.postcode
  TO hjerteloeber_owner;
GRANT UPDATE (in_use) ON addresses.edition TO hjerteloeber_owner;
