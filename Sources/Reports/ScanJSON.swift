package import Core
package import Foundation

/// One scan, as `curfew scan --json` writes it.
package struct ScanJSON: Encodable, Sendable {
    package var scan: Int64
    /// `running`, `complete`, `partial`, `abandoned`.
    package var state: String
    /// All targets were asked for, not only some by name.
    package var whole: Bool
    package var startedAt: Date
    @OrNull package var finishedAt: Date?
    /// Everything the provider listed, by class, over all targets; they add up to `listed`.
    package var counts: [String: Int]
    package var listed: Int
    package var targets: [TargetJSON]
    /// Calls made, by kind, such as `cloudformation DescribeStacks`.
    package var calls: [String: Int]
    /// Every process that recorded a reading.
    package var workers: [WorkerJSON]
    /// What is unknown about environments whose components were read; it makes no reading partial.
    package var unknown: [UnknownJSON]
    /// What could not be found out about where to read; with any of it the scan is partial.
    package var notFound: [NotFoundJSON]
    /// What is known or configured, and not read on purpose.
    package var notRead: [UnreadJSON]

    package struct UnreadJSON: Encodable, Sendable {
        package var what: String
        package var why: String
        package var advice: String
    }

    package struct WorkerJSON: Encodable, Sendable {
        package var worker: String
        /// Targets.
        package var read: Int
    }

    package struct UnknownJSON: Encodable, Sendable {
        package var what: String
        package var why: String
        package var advice: String
    }

    package struct TargetJSON: Encodable, Sendable {
        package var account: String
        package var region: String
        /// `complete`, `suspect`, `failed`.
        package var outcome: String
        package var at: Date
        package var counts: [String: Int]
        package var listed: Int
        package var gone: Int
        @OrNull package var failure: String?
        @OrNull package var advice: String?
        /// Why the runtimes of its functions are not known now; the reading is complete all the same.
        @OrNull package var functionsFailure: String?
    }

    package init(
        _ summary: ScanSummary,
        notes: [EvidenceNote] = [],
        notFound: [NotFoundJSON] = [],
        unread: [UnreadTarget] = []
    ) {
        scan = summary.id.number
        state = summary.state
        whole = summary.whole
        startedAt = summary.startedAt
        finishedAt = summary.finishedAt
        targets = summary.readings.sorted { $0.target < $1.target }.map { reading in
            TargetJSON(
                account: reading.target.account.text,
                region: reading.target.region.text,
                outcome: reading.outcome,
                at: reading.at,
                counts: Self.words(reading.counts),
                listed: reading.listed,
                gone: reading.gone,
                failure: reading.failure,
                advice: reading.advice,
                functionsFailure: reading.functionsFailure
            )
        }
        counts = Self.words(summary.totals)
        listed = summary.readings.reduce(0) { $0 + $1.listed }
        calls = summary.calls
        workers = summary.workers.map { WorkerJSON(worker: $0.name, read: $0.read) }
        unknown = notes.map { UnknownJSON(what: $0.summary, why: $0.why, advice: $0.advice) }
        self.notFound = notFound
        notRead = unread.map { UnreadJSON(what: $0.what, why: $0.why, advice: $0.advice) }
    }

    /// Every class, also those of which there are none.
    private static func words(_ counts: [ComponentClass: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: ComponentClass.allCases.map { ($0.rawValue, counts[$0] ?? 0) })
    }
}

/// Accounts of the organization, or regions of an account, that could not be asked for.
package struct NotFoundJSON: Encodable, Sendable {
    package var what: String
    package var why: String
    package var advice: String

    package init(what: String, why: String, advice: String) {
        self.what = what
        self.why = why
        self.advice = advice
    }
}

extension ScanSummary {
    /// Components by class over all targets.
    package var totals: [ComponentClass: Int] {
        readings.reduce(into: [:]) { totals, reading in totals.merge(reading.counts, uniquingKeysWith: +) }
    }
}
