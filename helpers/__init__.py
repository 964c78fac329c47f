"""What the notebooks of "Batch Norm, Measured" share. Each module is one room; its name says what lives there."""
