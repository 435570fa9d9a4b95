// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title Names of the building's numbers.
/// @notice Money in micro-units, shares in basis points (10,000 is all), times in seconds.
library ParameterKeys {
    /// @dev Micro-GRO issued for one certified gram of produce.
    bytes32 internal constant GRO_PER_GRAM = "gro.perGram";
    /// @dev Micro-GRO issued for one shift done.
    bytes32 internal constant GRO_PER_SHIFT = "gro.perShift";
    /// @dev The most micro-GRO that one seat can be issued in a season.
    bytes32 internal constant GRO_SEASON_CAP_PER_SEAT = "gro.seasonCapPerSeat";
    /// @dev The most micro-GRO that is issued in a season.
    bytes32 internal constant GRO_SEASON_CAP = "gro.seasonCap";
    /// @dev Grams that one certifier can have minted in a day (UTC).
    bytes32 internal constant PRODUCE_GRAMS_PER_DAY = "produce.gramsPerDay";
    /// @dev How long a season is; the season of a moment is its time divided by it.
    bytes32 internal constant SEASON_LENGTH = "season.length";
    /// @dev Micro-GRO locked from which on more adds no votes.
    bytes32 internal constant LOCK_CAP = "lock.cap";
    /// @dev Share of the residents' seats that must vote.
    bytes32 internal constant VOTE_QUORUM = "vote.quorum";
    /// @dev How many seats must vote For, in a building that has as many.
    bytes32 internal constant VOTE_LEAST_FOR = "vote.leastFor";
    /// @dev Share of For among For and Against that a proposal of each kind must pass.
    bytes32 internal constant VOTE_TEXT_THRESHOLD = "vote.text.threshold";
    bytes32 internal constant VOTE_SPENDING_THRESHOLD = "vote.spending.threshold";
    bytes32 internal constant VOTE_PARAMETERS_THRESHOLD = "vote.parameters.threshold";
    bytes32 internal constant VOTE_ROLES_THRESHOLD = "vote.roles.threshold";
    /// @dev How long a proposal of each kind waits between its end and its execution.
    bytes32 internal constant VOTE_TEXT_DELAY = "vote.text.delay";
    bytes32 internal constant VOTE_SPENDING_DELAY = "vote.spending.delay";
    bytes32 internal constant VOTE_PARAMETERS_DELAY = "vote.parameters.delay";
    bytes32 internal constant VOTE_ROLES_DELAY = "vote.roles.delay";
    /// @dev How many proposals a seat may make in a season.
    bytes32 internal constant PROPOSALS_PER_SEASON = "vote.proposalsPerSeason";
    /// @dev The most micro-units of Food-USD that proposals spend in 30 days.
    bytes32 internal constant SPENDING_PER_MONTH = "spending.perMonth";
    /// @dev What the co-op adds to a supplier's price. The hub's.
    bytes32 internal constant ORDERS_MARKUP = "orders.markup";
    /// @dev The most micro-units that an order may be made for without a person. The hub's.
    bytes32 internal constant ORDERS_AUTOMATIC_LIMIT = "orders.automaticLimit";
    /// @dev Hash of the planting plan in force, 0 for none. The hub's.
    bytes32 internal constant PLANTING_PLAN = "garden.plantingPlan";
}
