package import Core
package import Foundation

/// Sends what is queued, one try each, and writes down what is known of it.
package struct Dispatch: Sendable {
    /// At most one sender: what it finds in `sending` was left behind.
    static let lock = "curfew outbox"
    static let busy = Problem(
        .locked,
        "another process is sending messages",
        advice: "wait for it: at most one sends at a time"
    )

    let wiring: Wiring
    let courier: any Courier
    let locks: any Locks
    /// Weekly reports are given up after this long; notices are put together anew each night.
    static let patience = Duration.seconds(3 * 86_400)
    /// So many slow failures one after the other, and a way out is left alone for this time.
    ///
    /// Whoever hangs takes its whole patience for each message. What fails at once costs nothing, and is often about one recipient alone.
    static let tolerance = 3
    static let slow = Duration.seconds(2)
    /// Between the tries to write down what is known of a message: a database that restarts is back within seconds.
    static let pauses: [Duration] = [.milliseconds(250), .seconds(1), .seconds(3), .seconds(6)]
    let sleep: @Sendable (Duration) async throws -> Void
    let stop: StopRequest
    /// What a try that is under way may still take once somebody asks to stop.
    static let grace = Duration.seconds(3)

    package init(
        _ wiring: Wiring,
        courier: any Courier,
        locks: any Locks,
        stop: StopRequest = .never,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.wiring = wiring
        self.courier = courier
        self.locks = locks
        self.stop = stop
        self.sleep = sleep
    }

    package struct Outcome: Sendable {
        package var accepted = 0
        /// Not taken for now; they stay queued.
        package var deferred: [(recipient: Recipient, reason: String)] = []
        /// What keeps a way out from taking anything, one line each; its messages stay queued.
        package var misconfigured: [String] = []
        package var refused: [(recipient: Recipient, reason: String)] = []
        package var uncertain: [(recipient: Recipient, reason: String)] = []
        /// Not tried: their time has not come, nothing that would take them answers, or this run's time was over.
        package var untried = 0
        /// Why no further message was begun; nil where none was left to begin.
        package var stopped: String?

        package init() {}

        package var isUndone: Bool {
            !deferred.isEmpty || !refused.isEmpty || !uncertain.isEmpty || stopped != nil
        }

        /// Every exit status that applies.
        package var kinds: Set<Problem.Kind> {
            Set((isUndone ? [.undone] : []) + (misconfigured.isEmpty ? [] : [.configuration]))
        }
    }

    /// Puts weekly mails into the outbox and sends what is there of that kind.
    ///
    /// Notices are left alone: whether they still hold is looked at by `Notify`. `until`: no further try is begun after it.
    package func sendWeekly(
        until end: Date?,
        queueing drafts: @Sendable (Date) async throws -> [MessageDraft]
    ) async throws(Problem) -> Outcome {
        let outcome = try await reporting {
            try await locks.holding(Self.lock) {
                let now = wiring.clock()
                _ = try await wiring.store.recoverMessages(at: now)
                _ = try await wiring.store.queue(try await drafts(now), at: now)
                return try await send(.weekly, until: end)
            }
        }
        guard let outcome else { throw Self.busy }
        return outcome
    }

    /// For who holds the lock.
    func send(_ kind: MessageKind? = nil, until end: Date?) async throws -> Outcome {
        var outcome = Outcome()
        var failures: [String: Int] = [:]
        while end.map({ wiring.clock() < $0 }) ?? true {
            if let by = stop.asked() {
                outcome.stopped = "stopped by \(by)"
                break
            }
            let silent = Set(failures.filter { $0.value >= Self.tolerance }.keys)
            guard
                let message = try await wiring.store.beginSending(
                    without: silent,
                    kind: kind,
                    at: wiring.clock()
                )
            else { break }
            let way = Self.way(message.recipient)
            let begun = wiring.clock()
            let known =
                await stop.bounding(within: Self.grace) { [courier] in
                    await courier.deliver(message.letter, to: message.recipient)
                } ?? .uncertain("it was not waited for")
            let isSlow = wiring.clock().timeIntervalSince(begun) >= Self.slow.inSeconds
            switch known {
            case .deferred, .uncertain: failures[way, default: 0] += isSlow ? 1 : 0
            // Each other message would hear the same.
            case .misconfigured: failures[way] = Self.tolerance
            case .accepted, .refused: failures[way] = 0
            }
            guard try await conclude(message, known, &outcome) else {
                // The lock went with its connection, perhaps: whoever has it by now goes on.
                outcome.stopped = "the database was lost for a moment"
                break
            }
        }
        try await WarningNotes(wiring: wiring).run()
        let left = try await wiring.store.messages(open: true, limit: 100_000).count
        outcome.untried = max(0, left - outcome.deferred.count)
        if outcome.untried == 0 { outcome.stopped = nil }
        return outcome
    }

    /// False where it took more than one try to write it down.
    private func conclude(
        _ message: OutgoingMessage,
        _ known: DeliveryOutcome,
        _ outcome: inout Outcome
    ) async throws -> Bool {
        let now = wiring.clock()
        let recipient = message.recipient
        let isTooLate = message.kind == .weekly && now.passed(since: message.queuedAt) >= Self.patience
        var state: MessageState
        var text: String
        var nextTry: Date?
        switch known {
        case .accepted(let detail):
            (state, text) = (.accepted, detail)
            outcome.accepted += 1
            outcome.deferred.removeAll { $0.recipient == recipient }
        case .refused(let reason):
            (state, text) = (.refused, reason)
            outcome.refused.append((recipient, reason))
        case .uncertain(let reason):
            (state, text) = (.uncertain, reason)
            outcome.uncertain.append((recipient, reason))
        case .deferred(let reason) where isTooLate, .misconfigured(let reason) where isTooLate:
            (state, text) = (.refused, "given up after \(message.tries) tries: \(reason)")
            outcome.refused.append((recipient, text))
        case .deferred(let reason), .misconfigured(let reason):
            (state, text) = (.queued, reason)
            nextTry = now.later(by: Self.pause(after: message.tries))
            outcome.deferred.append((recipient, reason))
        }
        if case .misconfigured(let reason) = known { outcome.misconfigured.append(reason) }
        do {
            return try await keep(message, as: state, reason: text, nextTry: nextTry, at: now)
        } catch let failure as StoreFailure {
            let what = "a message to \(recipient.plain) (\(message.id), try \(message.tries)) is \(state.rawValue)"
            guard failure.kind == .conflict else {
                throw Problem(
                    Problem(failure).kind,
                    "\(what), which could not be written down: \(failure.summary)",
                    advice: "the next run calls it uncertain; see: curfew messages show \(message.id)"
                )
            }
            throw Problem(
                .locked,
                "another process sends messages by now: \(what), and it took that try for dead",
                advice: "nothing more was sent here; see: curfew messages show \(message.id)"
            )
        }
    }

    /// What is known after a try is not found out a second time, so a connection that was lost is replaced.
    ///
    /// False where it took more than one try.
    private func keep(
        _ message: OutgoingMessage,
        as state: MessageState,
        reason: String,
        nextTry: Date?,
        at now: Date
    ) async throws -> Bool {
        for pause in Self.pauses.map(Optional.some) + [nil] {
            do throws(StoreFailure) {
                try await wiring.store.conclude(
                    message.id,
                    try: message.tries,
                    as: state,
                    reason: reason,
                    nextTry: nextTry,
                    at: now
                )
                return pause == Self.pauses.first
            } catch {
                guard error.kind == .unreachable, let pause else { throw error }
                try await sleep(pause)
            }
        }
        return false
    }

    /// 5, 15, 45 minutes, … at most 6 hours: greylisting wants minutes, a broken server hours.
    static func pause(after tries: Int) -> Duration {
        var minutes = 5
        for _ in 1..<max(1, min(tries, 6)) { minutes *= 3 }
        return .seconds(min(minutes, 360) * 60)
    }

    /// Mail shares one server; each channel stands for itself.
    private static func way(_ recipient: Recipient) -> String {
        switch recipient {
        case .address: "mail:"
        case .channel: recipient.text
        }
    }
}

/// Brings findings in line with what is known of their warnings (D4).
struct WarningNotes {
    let wiring: Wiring

    func run() async throws {
        let delivered = try await NewestWarnings(wiring.store.deliveredWarnings())
        let policies = try await wiring.policyInForce().set
        let now = wiring.clock()
        for record in try await wiring.store.environments() {
            guard var finding = try record.finding.map(FindingCoding.decode) else { continue }
            let before = finding.state
            let newest = delivered.at(record.key, of: finding)
            let events = try finding.note(newestDelivered: newest, now: now)
            guard let event = events.first else { continue }
            let moved = try FindingCoding.record(finding, before: before, policies: policies)
            do throws(StoreFailure) {
                try await wiring.store.setFindings([record.key: moved], event: event.description, plan: nil, at: now)
            } catch {
                // Somebody moved it, or its warning came back, at the same moment; the next evaluation looks at the outbox,
                // too.
                if error.kind == .conflict { continue }
                let now = try await NewestWarnings(wiring.store.deliveredWarnings()).at(record.key, of: finding)
                guard error.kind == .refused, now != newest else { throw error }
            }
        }
    }
}

/// Warnings by environment and grace.
struct NewestWarnings {
    private var dates: [EnvironmentKey: [String: Date]] = [:]

    init(_ warnings: [DeliveredWarning]) {
        for warning in warnings { dates[warning.environment, default: [:]][warning.subject] = warning.at }
    }

    /// Those of an earlier grace count no more (D5).
    func at(_ key: EnvironmentKey, of finding: Finding) -> Date? {
        dates[key]?[Notice.grace(since: finding.flaggedAt)]
    }
}

/// After a message came back: its findings are not warned any more.
package struct Bouncing: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    package func settle() async throws(Problem) {
        try await reporting { try await WarningNotes(wiring: wiring).run() }
    }
}
