// Numbers of the HDF5 format that its reader and its writer share.
#pragma once

#include <cstddef>
#include <string_view>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

inline constexpr std::string_view hdf5_magic = "\x89HDF\r\n\x1a\n";

/// Bytes of a superblock of version 0, whose last 40 are an entry of a symbol table, that of the root.
inline constexpr std::size_t hdf5_superblock_size = 96, hdf5_entry_size = 40;

/// Messages of object headers.
inline constexpr std::size_t hdf5_dataspace = 0x01, hdf5_datatype = 0x03, hdf5_layout = 0x08, hdf5_continuation = 0x10,
                             hdf5_symbol_table = 0x11;

/// Datatype messages of IEEE 754 numbers, lowest byte first: class 1 in version 1; order, padding and where the sign
/// stands; bytes; bits; where exponent and mantissa stand, and their bits; the bias of the exponent.
inline constexpr std::string_view hdf5_float32("\x11\x20\x1f\0\4\0\0\0\0\0\x20\0\x17\x08\0\x17\x7f\0\0\0", 20);
inline constexpr std::string_view hdf5_float64("\x11\x20\x3f\0\x08\0\0\0\0\0\x40\0\x34\x0b\0\x34\xff\x03\0\0", 20);

}  // namespace rnnts::inline RNNTS_ABI::detail
