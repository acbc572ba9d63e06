"""The only user of SQLAlchemy: tables, the two databases behind one face, the inbox, repositories, migrations."""
