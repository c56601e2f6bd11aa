"""Work orders of bad reviews 差评整改: from the rating to what was put right, and what the public is told of it."""
