-- Events about something that may take months (a case) are needed until it is over; then all its rows get a last day.
ALTER TABLE journal_lasting ADD COLUMN subject TEXT;
CREATE INDEX journal_lasting_subject ON journal_lasting (subject) WHERE subject IS NOT NULL;
