"""A 64-bit hash of bytes for the kernels; equal hashes are always verified by comparing the bytes themselves."""

from __future__ import annotations

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.extending import intrinsic

BYTES = types.Array(types.uint8, 1, "C", readonly=True)
INTS = types.Array(types.int64, 1, "C", readonly=True)
INTS32 = types.Array(types.int32, 1, "C", readonly=True)
SMALL = types.Array(types.int8, 1, "C", readonly=True)
FLAGS = types.Array(types.uint8, 1, "C", readonly=True)
HASHES = types.Array(types.uint64, 1, "C", readonly=True)

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_FINAL = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(32)


@intrinsic
def eight_bytes(typingctx, data, at):  # type: ignore[no-untyped-def]
    """Eight bytes of ``data`` from position ``at`` as one little-endian word, aligned or not."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.gep(array.data, [args[1]])
        word = builder.load(builder.bitcast(pointer, ir.IntType(64).as_pointer()))
        word.align = 1
        return word

    return types.uint64(data, types.int64), generate


@intrinsic
def put_eight_bytes(typingctx, out, at, word):  # type: ignore[no-untyped-def]
    """Write a word to ``out`` at position ``at``, aligned or not."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.bitcast(builder.gep(array.data, [args[1]]), ir.IntType(64).as_pointer())
        builder.store(args[2], pointer).align = 1
        return context.get_dummy_value()

    return types.none(out, types.int64, types.uint64), generate


@intrinsic
def marks(typingctx, data, at, first, second, third, fourth):  # type: ignore[no-untyped-def]
    """Bit i tells whether byte ``at`` + i is one of four values, for the 64 bytes from ``at``: one vector
    comparison."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        byte, index = ir.IntType(8), ir.IntType(32)
        block = ir.VectorType(byte, 64)
        array = context.make_array(signature.args[0])(context, builder, args[0])
        pointer = builder.bitcast(builder.gep(array.data, [args[1]]), block.as_pointer())
        loaded = builder.load(pointer)
        loaded.align = 1
        undefined = ir.Constant(block, ir.Undefined)
        zeros = ir.Constant(ir.VectorType(index, 64), [0] * 64)
        found = None
        for value in args[2:]:
            single = builder.insert_element(undefined, value, ir.Constant(index, 0))
            equal = builder.icmp_unsigned("==", loaded, builder.shuffle_vector(single, undefined, zeros))
            found = equal if found is None else builder.or_(found, equal)
        return builder.bitcast(found, ir.IntType(64))

    return types.uint64(data, types.int64, types.uint8, types.uint8, types.uint8, types.uint8), generate


@intrinsic
def lowest_bit(typingctx, word):  # type: ignore[no-untyped-def]
    """Position of the lowest set bit of a word that is not 0."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@intrinsic
def count_bits(typingctx, word):  # type: ignore[no-untyped-def]
    """Number of set bits of a word."""

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        return builder.ctpop(args[0])

    return types.int64(types.uint64), generate


@njit(types.uint64(BYTES, types.int64, types.int64), nogil=True, cache=True)
def hash_bytes(data, start, stop):  # type: ignore[no-untyped-def]
    """Hash of data[start:stop]."""
    size = stop - start
    h = np.uint64(size) * _MULTIPLIER
    at = start
    while at + 8 <= stop:
        h = (h ^ eight_bytes(data, at)) * _MULTIPLIER
        h ^= h >> _SHIFT
        at += 8
    if at < stop:
        if size >= 8:
            rest = eight_bytes(data, stop - 8)
        else:
            rest = np.uint64(0)
            for i in range(at, stop):
                rest = (rest << np.uint64(8)) | np.uint64(data[i])
        h = (h ^ rest) * _MULTIPLIER
    h ^= h >> np.uint64(29)
    h *= _FINAL
    return h ^ (h >> _SHIFT)


@njit(types.boolean(BYTES, types.int64, types.int64, types.int64, types.int64), nogil=True, cache=True)
def same_bytes(data, start, stop, other, other_stop):  # type: ignore[no-untyped-def]
    """Whether data[start:stop] equals data[other:other_stop]."""
    if stop - start != other_stop - other:
        return False
    while start + 8 <= stop:
        if eight_bytes(data, start) != eight_bytes(data, other):
            return False
        start += 8
        other += 8
    while start < stop and data[start] == data[other]:
        start += 1
        other += 1
    return start == stop
