"""The regulator's desk: the queue, the case, and every move an officer may make."""
