"""Who talks to whom: queues, agents and the next call for each. Pure: time and news come in, wishes go out."""
