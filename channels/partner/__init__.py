"""Another deployment of this product: cases that it hands over come in like any report."""
