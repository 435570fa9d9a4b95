// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Account} from "./Account.sol";
import {SeatWords} from "./SeatWords.sol";
import {SpendBuffer, SpendHash} from "./SpendHash.sol";
import {SpendItems} from "./SpendItems.sol";
import {IFoodUSD} from "./interfaces/IFoodUSD.sol";
import {ISeatRegistry} from "./interfaces/ISeatRegistry.sol";

/// @title Food-USD, the building's money.
/// @notice An ERC-20 of 6 decimals that cannot be upgraded. It comes into being only by a minter's signature over a deposit
/// reference, once per reference and never above the reserve that an attestor signed; it moves only by its holder's own
/// transfer or by a spend that the key of the holder's seat signed. No role, and no upgrade of another contract, can debit
/// anybody: the authority here only names minters and attestors.
/// @dev Spends are verified and used up inside the token, so that no contract ever holds a right to debit.
contract FoodUSD is IFoodUSD, IERC20Metadata, IERC20Errors, EIP712, AccessManaged {
    using SpendItems for bytes;
    using SpendItems for uint256;
    using SeatWords for ISeatRegistry;
    using SeatWords for uint256[];
    using SeatWords for uint256;

    // What an item's reason code in `SpendsSettled` and `DepositsMinted` says. 0 is done.
    /// @notice No such seat in the registry (yet).
    uint8 public constant UNKNOWN_SEAT = 1;
    /// @notice The board has frozen the seat.
    uint8 public constant SEAT_FROZEN = 2;
    /// @notice This seat was debited for this subject, or this deposit was minted, before.
    uint8 public constant ALREADY_USED = 3;
    /// @notice Past its `validUntil`.
    uint8 public constant EXPIRED = 4;
    /// @notice Zero, or more than was signed.
    uint8 public constant BAD_AMOUNT = 5;
    /// @notice Not signed by the seat's key, or not by a minter.
    uint8 public constant WRONG_SIGNER = 6;
    /// @notice The balance does not reach (yet).
    uint8 public constant UNFUNDED = 7;
    /// @notice The account's daily limit does not reach today.
    uint8 public constant OVER_DAILY_LIMIT = 8;
    /// @notice The attested reserve does not reach (yet).
    uint8 public constant ABOVE_RESERVE = 9;

    bytes32 private constant MINT_TYPEHASH =
        keccak256("Mint(uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil)");
    bytes32 private constant ATTESTATION_TYPEHASH =
        keccak256("Attestation(uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt)");
    /// @notice Who holds which seat.
    ISeatRegistry public immutable seats;
    /// @notice What may leave an account in a day (UTC) unless it has a limit of its own, in micro-units.
    uint64 public immutable defaultDailyLimit;

    struct Supply {
        uint64 total;
        uint64 reserve;
        uint64 sequence;
        uint40 takenAt;
    }

    Supply private _supply;
    mapping(address account => Account) private _accounts;
    mapping(address owner => mapping(address spender => uint256)) private _allowances;
    mapping(bytes32 subject => mapping(uint256 wordIndex => uint256)) private _used;
    /// @inheritdoc IFoodUSD
    mapping(bytes32 depositRef => bool) public isMinted;
    /// @notice Whether this key's `Mint` counts.
    mapping(address key => bool) public isMinter;
    /// @notice Whether this key's `Attestation` counts.
    mapping(address key => bool) public isAttestor;

    /// @notice One settled batch. `reasons` is empty when every item was debited, else one code per item.
    event SpendsSettled(
        address indexed book, bytes32 indexed subject, address indexed payee, uint256 okMask, uint256 total, bytes reasons
    );
    event DepositMinted(uint24 indexed seat, bytes32 indexed depositRef, address indexed minter, uint64 amount);
    /// @notice One batch of deposits. `reasons` is empty when every item was minted, else one code per item.
    event DepositsMinted(address indexed carrier, uint256 okMask, bytes reasons);
    event ReserveAttested(
        address indexed attestor, uint64 indexed sequence, uint64 oldReserve, uint64 newReserve, bytes32 documentHash, uint40 takenAt
    );
    event MinterSet(address indexed key, bool was, bool is_);
    event AttestorSet(address indexed key, bool was, bool is_);
    event AccountFrozen(uint24 indexed seat, address indexed account, bool was, bool is_);

    error TotalOutOfRange(uint256 total, uint256 minTotal, uint256 maxTotal, uint256 okMask, bytes reasons);
    error TooManyItems(uint256 count);
    error CarrierIsOfficer(address carrier);
    error RolesOverlap(address key);
    error NotAnAttestor(address signer);
    error StaleAttestation(uint64 current, uint64 given);
    error AttestationFromFuture(uint40 takenAt);
    error AccountIsFrozen(address account);
    error DailyLimitExceeded(address account, uint256 left, uint256 needed);

    constructor(
        ISeatRegistry seats_,
        address authority_,
        address[] memory minters,
        address[] memory attestors,
        uint64 defaultDailyLimit_
    ) EIP712("Food USD", "1") AccessManaged(authority_) {
        seats = seats_;
        defaultDailyLimit = defaultDailyLimit_;
        for (uint256 i; i < minters.length; ++i) _setMinter(minters[i], true);
        for (uint256 i; i < attestors.length; ++i) _setAttestor(attestors[i], true);
    }

    // --- spends -------------------------------------------------------------------------------------------------------

    /// @inheritdoc IFoodUSD
    function settleSpends(
        bytes32 subject,
        bytes32 termsHash,
        address payee,
        uint8 mode,
        uint256 minTotal,
        uint256 maxTotal,
        bytes calldata items
    ) external returns (uint256 okMask, uint256 total) {
        if (payee == address(0)) revert ERC20InvalidReceiver(payee);
        bytes memory reasons;
        (okMask, total, reasons) = _takeAll(subject, termsHash, payee, mode, items);
        if (total < minTotal || total > maxTotal) revert TotalOutOfRange(total, minTotal, maxTotal, okMask, reasons);
        _accounts[payee] = _accounts[payee].credit(total);
        emit SpendsSettled(msg.sender, subject, payee, okMask, total, reasons);
    }

    /// @dev What is the same for all items of a batch.
    struct Batch {
        SpendBuffer spend;
        uint256 size;
        address payee;
        uint256 today;
    }

    function _takeAll(bytes32 subject, bytes32 termsHash, address payee, uint8 mode, bytes calldata items)
        private
        returns (uint256 okMask, uint256 total, bytes memory reasons)
    {
        (uint256 size, uint256 count) = items.shape(mode);
        SpendBuffer spend = SpendHash.buffer(_domainSeparatorV4(), msg.sender, subject, termsHash, mode);
        Batch memory batch = Batch(spend, size, payee, block.timestamp / 1 days);
        uint256[] memory words = seats.ofItems(items, size, count);
        mapping(uint256 => uint256) storage usedWords = _used[subject];
        uint256 wordIndex = type(uint256).max;
        uint256 used;
        // At most 200 items, and a sum of at most 200 amounts of 64 bits.
        unchecked {
            for (uint256 i; i < count; ++i) {
                uint256 offset = i * size;
                uint256 head = items.head(offset);
                // The seats of one word usually stand together, so it is read and written once.
                if (head.seatOf() >> 8 != wordIndex) {
                    if (used != 0) usedWords[wordIndex] = used;
                    wordIndex = head.seatOf() >> 8;
                    used = usedWords[wordIndex];
                }
                uint256 bit = 1 << (head.seatOf() & 0xff);
                uint256 reason = used & bit != 0 ? ALREADY_USED : _takeOne(batch, items, offset, head, words.nth(i));
                if (reason == 0) {
                    used |= bit;
                    okMask |= 1 << i;
                    total += head.amountOf();
                } else {
                    if (reasons.length == 0) reasons = new bytes(count);
                    reasons[i] = bytes1(uint8(reason));
                }
            }
        }
        if (used != 0) usedWords[wordIndex] = used;
    }

    /// @dev Debits one item, or says why not. The payee is credited once for all.
    function _takeOne(Batch memory batch, bytes calldata items, uint256 offset, uint256 head, uint256 seatWord)
        private
        returns (uint256)
    {
        if (seatWord == 0) return UNKNOWN_SEAT;
        if (seatWord.isFrozen()) return SEAT_FROZEN;
        uint256 amount = head.amountOf();
        address key = seatWord.keyOf();
        {
            (uint256 maxAmount, uint256 revision, uint256 validUntil, bytes32 r, bytes32 vs) =
                items.signedOf(offset, batch.size);
            if (amount == 0 || amount > maxAmount) return BAD_AMOUNT;
            if (block.timestamp > validUntil) return EXPIRED;
            bytes32 digest = batch.spend.digest(head.seatOf(), maxAmount, revision, validUntil);
            // The registry holds no zero key, so a failed recovery never equals it.
            if (SpendHash.signer(digest, r, vs) != key) return WRONG_SIGNER;
        }
        Account account = _accounts[key];
        uint256 today = batch.today;
        if (account.isFrozen()) return SEAT_FROZEN;
        if (account.balance() < amount) return UNFUNDED;
        uint256 spent = account.spentOn(today);
        // Two values of 64 bits.
        unchecked {
            if (spent + amount > _limitOf(account)) return OVER_DAILY_LIMIT;
        }
        _accounts[key] = account.debit(amount, today, spent);
        emit Transfer(key, batch.payee, amount);
        return 0;
    }

    /// @inheritdoc IFoodUSD
    function isUsed(bytes32 subject, uint24 seat) external view returns (bool) {
        return _used[subject][seat >> 8] >> (seat & 0xff) & 1 != 0;
    }

    /// @inheritdoc IFoodUSD
    function usedWord(bytes32 subject, uint256 wordIndex) external view returns (uint256) {
        return _used[subject][wordIndex];
    }

    // --- deposits -----------------------------------------------------------------------------------------------------

    /// @inheritdoc IFoodUSD
    function mintBatch(MintItem[] calldata items) external returns (uint256 okMask) {
        if (items.length > 256) revert TooManyItems(items.length);
        _requireNoOfficer(msg.sender);
        bytes memory reasons;
        for (uint256 i; i < items.length; ++i) {
            uint8 reason = _mint(items[i]);
            if (reason == 0) {
                okMask |= 1 << i;
            } else {
                if (reasons.length == 0) reasons = new bytes(items.length);
                reasons[i] = bytes1(reason);
            }
        }
        emit DepositsMinted(msg.sender, okMask, reasons);
    }

    function _mint(MintItem calldata item) private returns (uint8) {
        if (isMinted[item.depositRef]) return ALREADY_USED;
        if (block.timestamp > item.validUntil) return EXPIRED;
        if (item.amount == 0) return BAD_AMOUNT;
        bytes32 structHash =
            keccak256(abi.encode(MINT_TYPEHASH, item.seat, item.amount, item.depositRef, item.validUntil));
        (address minter,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), item.signature);
        if (!isMinter[minter]) return WRONG_SIGNER;
        address key = seats.keyOf(item.seat);
        if (key == address(0)) return UNKNOWN_SEAT;
        Supply memory supply = _supply;
        if (uint256(supply.total) + item.amount > supply.reserve) return ABOVE_RESERVE;
        isMinted[item.depositRef] = true;
        _supply.total = supply.total + item.amount;
        _accounts[key] = _accounts[key].credit(item.amount);
        emit Transfer(address(0), key, item.amount);
        emit DepositMinted(item.seat, item.depositRef, minter, item.amount);
        return 0;
    }

    /// @inheritdoc IFoodUSD
    /// @dev A reserve below the supply is recorded as it is: the truth must be sayable. Minting then rests.
    function attest(uint64 reserve, bytes32 documentHash, uint64 sequence, uint40 takenAt, bytes calldata signature) external {
        _requireNoOfficer(msg.sender);
        bytes32 structHash = keccak256(abi.encode(ATTESTATION_TYPEHASH, reserve, documentHash, sequence, takenAt));
        (address signer,,) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        if (!isAttestor[signer]) revert NotAnAttestor(signer);
        Supply memory supply = _supply;
        if (sequence <= supply.sequence) revert StaleAttestation(supply.sequence, sequence);
        if (takenAt > block.timestamp) revert AttestationFromFuture(takenAt);
        _supply = Supply(supply.total, reserve, sequence, takenAt);
        emit ReserveAttested(signer, sequence, supply.reserve, reserve, documentHash, takenAt);
    }

    /// @inheritdoc IFoodUSD
    function attestedReserve() external view returns (uint64) {
        return _supply.reserve;
    }

    /// @inheritdoc IFoodUSD
    function attestationSequence() external view returns (uint64) {
        return _supply.sequence;
    }

    /// @notice When the reserve was last taken, in seconds since 1970.
    function attestationTakenAt() external view returns (uint40) {
        return _supply.takenAt;
    }

    /// @notice Names or removes a minter. The authority's, with its delay.
    function setMinter(address key, bool isOne) external restricted {
        _setMinter(key, isOne);
    }

    /// @notice Names or removes an attestor. The authority's, with its delay.
    function setAttestor(address key, bool isOne) external restricted {
        _setAttestor(key, isOne);
    }

    function _setMinter(address key, bool isOne) private {
        if (isOne && (key == address(0) || isAttestor[key])) revert RolesOverlap(key);
        emit MinterSet(key, isMinter[key], isOne);
        isMinter[key] = isOne;
    }

    function _setAttestor(address key, bool isOne) private {
        if (isOne && (key == address(0) || isMinter[key])) revert RolesOverlap(key);
        emit AttestorSet(key, isAttestor[key], isOne);
        isAttestor[key] = isOne;
    }

    /// @dev Who carries messages here must not be one who signs them.
    function _requireNoOfficer(address carrier) private view {
        if (isMinter[carrier] || isAttestor[carrier]) revert CarrierIsOfficer(carrier);
    }

    // --- accounts -----------------------------------------------------------------------------------------------------

    /// @notice Copies the registry's freeze of seats to their accounts, so that plain transfers obey it. Anybody may call.
    function mirrorFreeze(uint24[] calldata list) external {
        uint256[] memory words = seats.wordsOf(list);
        for (uint256 i; i < list.length; ++i) {
            address key = words[i].keyOf();
            if (key == address(0)) continue;
            bool frozen = words[i].isFrozen();
            Account account = _accounts[key];
            if (account.isFrozen() == frozen) continue;
            _accounts[key] = account.withFrozen(frozen);
            emit AccountFrozen(list[i], key, !frozen, frozen);
        }
    }

    /// @notice What may still leave the account today, in micro-units; the balance apart.
    function leftToday(address account) external view returns (uint256) {
        Account word = _accounts[account];
        uint256 limit = _limitOf(word);
        uint256 spent = word.spentOn(block.timestamp / 1 days);
        return spent < limit ? limit - spent : 0;
    }

    /// @notice Whether the account cannot send.
    function isAccountFrozen(address account) external view returns (bool) {
        return _accounts[account].isFrozen();
    }

    function _limitOf(Account account) private view returns (uint256 limit) {
        limit = account.ownLimit();
        if (limit == 0) limit = defaultDailyLimit;
    }

    // --- ERC-20 -------------------------------------------------------------------------------------------------------

    function name() external pure returns (string memory) {
        return "Food USD";
    }

    function symbol() external pure returns (string memory) {
        return "FUSD";
    }

    function decimals() external pure returns (uint8) {
        return 6;
    }

    function totalSupply() external view returns (uint256) {
        return _supply.total;
    }

    function balanceOf(address account) external view returns (uint256) {
        return _accounts[account].balance();
    }

    function allowance(address owner, address spender) external view returns (uint256) {
        return _allowances[owner][spender];
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        if (spender == address(0)) revert ERC20InvalidSpender(spender);
        _allowances[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = _allowances[from][msg.sender];
        if (allowed != type(uint256).max) {
            if (allowed < amount) revert ERC20InsufficientAllowance(msg.sender, allowed, amount);
            _allowances[from][msg.sender] = allowed - amount;
        }
        _move(from, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) private {
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        Account account = _accounts[from];
        if (account.isFrozen()) revert AccountIsFrozen(from);
        if (account.balance() < amount) revert ERC20InsufficientBalance(from, account.balance(), amount);
        uint256 today = block.timestamp / 1 days;
        uint256 spent = account.spentOn(today);
        uint256 limit = _limitOf(account);
        if (spent + amount > limit) revert DailyLimitExceeded(from, spent < limit ? limit - spent : 0, amount);
        _accounts[from] = account.debit(amount, today, spent);
        _accounts[to] = _accounts[to].credit(amount);
        emit Transfer(from, to, amount);
    }

    /// @inheritdoc IFoodUSD
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}
