"""Open cases on a map, for whoever may see them: clusters, communes, and the list that is complete without a map."""
