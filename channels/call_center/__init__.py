"""The hotline: calls over a trunk, led by a flow, recorded, and told to the case service as facts."""
