"""Indexes a WARC with pywb and prints `url status length` of a few raw replays. Arguments: folder, WARC file."""
import gzip
import os
import sys

root, warc = sys.argv[1], sys.argv[2]
os.chdir(root)
from pywb.apps.frontendapp import FrontEndApp  # patches sockets, so it comes first
from pywb.manager.manager import main as manager
from werkzeug.test import Client

manager(["init", "test"])
manager(["add", "test", warc])
client = Client(FrontEndApp())
for url in (
    "https://example.kz/",
    "https://example.kz/again",
    "https://example.kz/gz",
    "https://example.kz/chunked",
    "https://example.kz/h2",
    "https://example.kz/missing",
):
    answer = client.get("/test/2026id_/" + url)
    for _ in range(2):
        if answer.status_code in (302, 307):
            answer = client.get(answer.headers["Location"].replace("http://localhost", ""))
    body = answer.get_data()
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    print(url, answer.status_code, len(body))
