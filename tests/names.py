"""Which names a cell of a notebook reads from other cells, and which it binds for them."""

import ast
import builtins
from dataclasses import dataclass

COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Names:
    """read: names that the cell needs from elsewhere, also when its functions are called. bound: what it leaves for other cells."""

    read: frozenset
    bound: frozenset


def names(source):
    """The Names of a cell's source."""
    read, bound = set(), set()
    _follow(ast.parse(source).body, read, bound)
    return Names(frozenset(read - set(dir(builtins))), frozenset(bound))


def _follow(statements, read, bound):
    """Go through statements in the order in which they run; what is read before it is bound comes from elsewhere."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            bound.add(statement.name)  # a function may call itself
            read |= _free(statement) - bound
        elif isinstance(statement, ast.For):
            read |= _free(statement.iter) - bound
            bound |= _stored(statement.target)
            _follow([*statement.body, *statement.orelse], read, bound)
        elif isinstance(statement, ast.With):
            for item in statement.items:
                read |= _free(item.context_expr) - bound
                bound |= _stored(item.optional_vars)
            _follow(statement.body, read, bound)
        elif isinstance(statement, ast.If | ast.While):
            read |= _free(statement.test) - bound
            _follow([*statement.body, *statement.orelse], read, bound)
        elif isinstance(statement, ast.Try):
            _follow(statement.body, read, bound)
            for handler in statement.handlers:
                _follow(handler.body, read, bound | {handler.name})
            _follow([*statement.orelse, *statement.finalbody], read, bound)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            bound |= {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
        else:
            read |= _free(statement) - bound
            bound |= _stored(statement)


def _stored(node):
    """Names that a simple statement or a target binds; those of comprehensions stay inside them."""
    if node is None or isinstance(node, COMPREHENSIONS | ast.Lambda):
        return set()
    own = {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
    return own.union(*(_stored(child) for child in ast.iter_child_nodes(node)))


def _free(node):
    """Names that an expression, a simple statement or a function reads from outside of it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        arguments = node.args
        own = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        own |= {a.arg for a in (arguments.vararg, arguments.kwarg) if a}
        outside = [*arguments.defaults, *(d for d in arguments.kw_defaults if d), *getattr(node, "decorator_list", [])]
        read, bound = set(), set(own)
        if isinstance(node, ast.Lambda):
            read = _free(node.body) - own
        else:
            _follow(node.body, read, bound)
        return read.union(*(_free(d) for d in outside))
    if isinstance(node, ast.ClassDef):
        read, bound = set(), set()
        _follow(node.body, read, bound)
        return read.union(*(_free(base) for base in node.bases))
    if isinstance(node, COMPREHENSIONS):
        read, bound = set(), set()
        for generator in node.generators:
            read |= _free(generator.iter) - bound
            bound |= _stored(generator.target)
            read |= set().union(*(_free(condition) for condition in generator.ifs)) - bound
        results = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        return read | (set().union(*(_free(result) for result in results)) - bound)
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    read = {node.target.id} if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) else set()
    return read.union(*(_free(child) for child in ast.iter_child_nodes(node)))
