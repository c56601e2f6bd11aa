"""SQLite: the one writing connection, readers, migrations, projections and the vault."""
