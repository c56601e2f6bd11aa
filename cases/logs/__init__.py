"""Event logs of other systems (CSV, XES) read into the facts of cases, so that figures and supervision run on them."""
