"""One queue and one user of staff with a token for the API; prints their ids as JSON."""

import json

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - Django wants to be set up before its models are read
from helpdesk.models import Queue  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

user = get_user_model().objects.create_superuser("bench", password=None)
queue = Queue.objects.create(title="Phản ánh", slug="phan-anh")
print(json.dumps({"token": Token.objects.create(user=user).key, "queue": queue.id}))
