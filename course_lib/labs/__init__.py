"""The live figures of the lessons, one file a lab."""
