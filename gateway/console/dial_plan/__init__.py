"""`/console/kich-ban-goi`: the hotline's menus, queues, numbers and hours, changed without touching a file."""
