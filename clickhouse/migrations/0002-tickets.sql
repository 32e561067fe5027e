-- What happened to tickets: one row per message of TICKETS. The first seven columns are the position, as in events.
-- Times of 1970 stand for "none", so that a range never matches them. Durations are seconds.
CREATE TABLE ticket_changes
(
    stream             LowCardinality(String),
    epoch              UInt64,
    seq                UInt64,
    idx                UInt32,                   -- always 0: one row a message
    events_in_message  UInt32,
    stream_created     DateTime64(6, 'UTC'),
    ingested_at        DateTime64(6, 'UTC'),     -- JetStream time

    ticket_id          String,                   -- the desk's id; '' on kind floor
    version            UInt32,
    kind               LowCardinality(String),   -- snapshot, message, rating, deletion, command, timer, customer; floor, unreadable
    at                 DateTime64(3, 'UTC'),     -- event time of the change
    cause_epoch        UInt64,                   -- the event in EVENTS; 0 for commands and timers
    cause_seq          UInt64,
    cause_idx          UInt32,
    source             LowCardinality(String),
    channel            LowCardinality(String),

    -- The dimensions in force before and after, '' where not set. A change that creates a ticket has the same on both sides.
    status_before      LowCardinality(String),
    priority_before    LowCardinality(String),
    team_before        LowCardinality(String),
    assignee_before    LowCardinality(String),
    channel_before     LowCardinality(String),
    status             LowCardinality(String),
    priority           LowCardinality(String),
    team               LowCardinality(String),
    assignee           LowCardinality(String),

    created            UInt8,                    -- counts at created_at, everything else at `at`
    created_at         DateTime64(3, 'UTC'),
    open_before        UInt8,                    -- in the backlog
    open_after         UInt8,
    solved             UInt8,
    reopened           UInt8,
    reopened_solve_at  DateTime64(3, 'UTC'),     -- the solve that a reopening undoes
    late_at            DateTime64(3, 'UTC'),     -- event time of what came too late to count

    first_reply_at              DateTime64(3, 'UTC'),
    first_reply_s               Float64,
    first_reply_business_s      Float64,
    next_reply_at               DateTime64(3, 'UTC'),
    next_reply_s                Float64,
    next_reply_business_s       Float64,
    first_resolution_at         DateTime64(3, 'UTC'),
    first_resolution_s          Float64,
    first_resolution_business_s Float64,
    solve_at                    DateTime64(3, 'UTC'),  -- on solves, and again on a row that corrects agent_replies of that solve
    resolution_s                Float64,
    resolution_business_s       Float64,
    requester_wait_s            Float64,
    requester_wait_business_s   Float64,
    agent_work_s                Float64,
    agent_work_business_s       Float64,
    agent_wait_s                Float64,
    agent_wait_business_s       Float64,
    on_hold_s                   Float64,
    on_hold_business_s          Float64,
    agent_replies               UInt32,
    rating_at                   Array(DateTime64(3, 'UTC')),
    rating                      Array(UInt8),

    -- All events of EVENTS up to here are applied; floor_at is the JetStream time of that position.
    floor_epoch        UInt64,
    floor_seq          UInt64,
    floor_at           DateTime64(6, 'UTC'),

    -- The rest of the ticket's state, for its current row.
    known              UInt8,
    updated_at         DateTime64(3, 'UTC'),
    source_version     Int64,                    -- -1: none
    team_name          String,
    customer_id        String,
    tags               Array(String),
    deleted_at         DateTime64(3, 'UTC'),
    merged_into        String,
    sealed             String,                   -- subject and requester under the ticket's key; base64
    changed_at         DateTime64(3, 'UTC'),     -- `at` of the last change of state
    first_replied_at   DateTime64(3, 'UTC'),
    solved_at          DateTime64(3, 'UTC'),     -- 1970 while it is not solved
    reopens            UInt32,
    replies            UInt32,                   -- public agent messages so far

    INDEX at_range at TYPE minmax GRANULARITY 1,
    INDEX created_at_range created_at TYPE minmax GRANULARITY 1,

    PROJECTION tip
    (
        SELECT stream, epoch, min(seq), max(seq), countIf(idx = 0), sumIf(seq, idx = 0), sum(events_in_message), count(), max(ingested_at)
        GROUP BY stream, epoch
    )
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (stream, epoch, seq, idx);

-- Each ticket as it is now: the newest of its changes. Merges drop older rows late, so read it with FINAL.
CREATE TABLE tickets
(
    ticket_id          String,
    epoch              UInt64,
    seq                UInt64,
    version            UInt32,
    kind               LowCardinality(String),   -- of the newest change
    at                 DateTime64(3, 'UTC'),
    known              UInt8,
    source             LowCardinality(String),
    channel            LowCardinality(String),
    status             LowCardinality(String),
    priority           LowCardinality(String),
    team               LowCardinality(String),
    team_name          String,
    assignee           LowCardinality(String),
    customer_id        String,
    tags               Array(String),
    open               UInt8,                    -- in the backlog
    created_at         DateTime64(3, 'UTC'),
    updated_at         DateTime64(3, 'UTC'),
    changed_at         DateTime64(3, 'UTC'),
    first_replied_at   DateTime64(3, 'UTC'),
    solved_at          DateTime64(3, 'UTC'),
    reopens            UInt32,
    replies            UInt32,
    deleted_at         DateTime64(3, 'UTC'),
    merged_into        String,
    sealed             String,

    -- Versions of a stream that was made again begin at 1: the epoch decides first.
    rank               UInt128 MATERIALIZED bitShiftLeft(toUInt128(epoch), 32) + version
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY ticket_id;

-- Not atomic with the row it follows: ingest compares and repairs when its session begins.
CREATE MATERIALIZED VIEW IF NOT EXISTS tickets_newest TO tickets AS
SELECT
    ticket_id, epoch, seq, version, kind, at, known, source, channel, status, priority, team, team_name, assignee, customer_id, tags,
    open_after AS open, created_at, updated_at, changed_at, first_replied_at, solved_at, reopens, replies, deleted_at, merged_into, sealed
FROM ticket_changes
WHERE kind NOT IN ('floor', 'unreadable');
