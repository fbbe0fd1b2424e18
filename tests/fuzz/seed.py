#!/usr/bin/python3
"""Makes the fuzzers' first inputs, tests/fuzz/corpus, from the hand-checked frames of tests/wire."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
KINDS = ["hb", "ev", "cm", "pl", "al", "or", "vd"]  # in fuzz_message.c's order


def main():
    for path in sorted((HERE.parent / "wire").glob("*.hex")):
        head, body = {}, b""
        for line in path.read_text(encoding="utf-8").splitlines():
            word, _, rest = line.partition(" ")
            if word in ("topic", "expect", "json", "shortest"):
                head[word] = rest
            else:
                body += bytes.fromhex(line.partition("#")[0])
        topic = head["topic"]
        if topic in ("request", "reply"):
            put("fuzz_" + topic, path.stem, body)
            continue
        put("fuzz_topic", path.stem, topic.encode())
        if topic.startswith("tm."):
            put("fuzz_sample", path.stem, body)
        else:
            put("fuzz_message", path.stem, bytes([KINDS.index(topic[:2])]) + body)


def put(fuzzer, name, data):
    folder = HERE / "corpus" / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
