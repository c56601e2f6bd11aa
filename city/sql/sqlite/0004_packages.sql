-- The stream of a joint package begins in the hall that took it in.

CREATE INDEX hall_events_package ON hall_events (subject) WHERE subject >= 'package:' AND subject < 'package;';
