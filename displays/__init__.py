"""What every screen and speaker of the hall shows and says."""
