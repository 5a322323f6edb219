"""What is seen: cameras, pictures and clips, up to frames with their times."""
