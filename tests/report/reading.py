"""Reads a page back as a tree, with the parser of the standard library."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Node:
    """An element: its name, attributes, children (nodes and texts)."""

    def __init__(self, name, attributes=()):
        self.name, self.attributes, self.children = name, dict(attributes), []

    @property
    def text(self):
        """All text inside, white space put together."""
        parts = [c if isinstance(c, str) else c.text for c in self.children]
        return " ".join(" ".join(parts).split())

    def all(self, name=None, **attributes):
        """Every element inside with this name and these attributes (`class_` holds one class)."""
        wanted = attributes.pop("class_", None)
        for child in self.children:
            if isinstance(child, Node):
                classes = (child.attributes.get("class") or "").split()
                if (
                    (name is None or child.name == name)
                    and (wanted is None or wanted in classes)
                    and all(child.attributes.get(k) == v for k, v in attributes.items())
                ):
                    yield child
                yield from child.all(name, **({"class_": wanted} if wanted else {}), **attributes)

    def one(self, name=None, **attributes):
        found = list(self.all(name, **attributes))
        assert len(found) == 1, (name, attributes, len(found))
        return found[0]

    def first(self, name=None, **attributes):
        return next(self.all(name, **attributes))


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Node("")]

    def handle_starttag(self, tag, attrs):
        node = Node(tag, attrs)
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Node(tag, attrs))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read(path):
    """Read a page; every element must be closed in its place."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    assert len(reader.open) == 1, [node.name for node in reader.open]
    return reader.open[0]
