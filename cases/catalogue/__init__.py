"""The catalogue of matters in full: editions, their review and publication, situations, import and export."""
