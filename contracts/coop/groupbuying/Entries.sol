// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {SpendItems} from "../foodusd/SpendItems.sol";

/// @title An order's list of who put how much into escrow: seat (24 bits) | amount (40), four to a word.
library Entries {
    using SpendItems for bytes;
    using SpendItems for uint256;

    /// @dev The most that an entry can hold, in micro-units.
    uint256 internal constant MAX_AMOUNT = type(uint40).max;
    uint256 private constant ENTRY = type(uint64).max;

    /// @dev Entry `index`; zeros for one that was never made or was paid back.
    function read(mapping(uint256 => uint256) storage self, uint256 index) internal view returns (uint24 seat, uint256 amount) {
        uint256 entry = self[index >> 2] >> _shift(index);
        return (uint24(entry >> 40), uint40(entry));
    }

    /// @dev Writes entry `index`, in whose place there is none.
    function put(mapping(uint256 => uint256) storage self, uint256 index, uint24 seat, uint256 amount) internal {
        self[index >> 2] |= (uint256(seat) << 40 | amount) << _shift(index);
    }

    function clear(mapping(uint256 => uint256) storage self, uint256 index) internal {
        self[index >> 2] &= ~(ENTRY << _shift(index));
    }

    /// @dev Adds the items whose bits are set, from `index` on; answers where the next one goes. Amounts fit, see `MAX_AMOUNT`.
    function append(
        mapping(uint256 => uint256) storage self,
        uint256 index,
        bytes calldata items,
        uint256 size,
        uint256 okMask
    ) internal returns (uint256) {
        uint256 word = self[index >> 2];
        // At most 200 items, and the caller keeps the index within 16 bits.
        unchecked {
            for (uint256 offset; okMask != 0; offset += size) {
                if (okMask & 1 != 0) {
                    uint256 head = items.head(offset);
                    word |= (head.seatOf() << 40 | head.amountOf()) << _shift(index);
                    // A word is written once, when it is full; the next one has never been written.
                    if (++index & 3 == 0) {
                        self[(index >> 2) - 1] = word;
                        word = 0;
                    }
                }
                okMask >>= 1;
            }
        }
        if (word != 0) self[index >> 2] = word;
        return index;
    }

    function _shift(uint256 index) private pure returns (uint256) {
        return (index & 3) << 6;
    }
}
