"""Master data of a hall: zones, windows, lines, staff, the catalogue of matters and the working-day calendar."""
