/// One process that reads for a scan.
package struct WorkerID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package var description: String { "\(number)" }
    package static func < (left: WorkerID, right: WorkerID) -> Bool { left.number < right.number }
}

/// How far a target has come in one scan.
///
/// The same words are a CHECK constraint in the database, where at most one scan holds a target at any time.
package enum ScanTargetState: String, Sendable, CaseIterable {
    /// Nobody reads it. Made by the scan's beginning, or given back: its claim ran out.
    /// A crash leaves it as it is. Can transition to: claimed.
    case waiting
    /// One worker reads it, under a fence and a lease that runs on the database's clock.
    /// A crash leaves it so until the lease has run out. Can transition to: read, waiting.
    case claimed
    /// Its reading is recorded, whatever came of it. Final.
    case read

    package var next: Set<ScanTargetState> {
        switch self {
        case .waiting: [.claimed]
        case .claimed: [.read, .waiting]
        case .read: []
        }
    }
}

/// What a scan is to read, and how.
///
/// Workers share a scan only where all of it is the same.
package struct ScanExtent: Sendable {
    /// In the order in which they are to be begun; each once.
    package let targets: [Target]
    /// All that are configured, not only some by name.
    package let whole: Bool
    /// The resources of unchanged components, too.
    package let full: Bool
    /// Of the naming rules: workers with others would call the same component something else.
    package let naming: Digest
    /// False: begun after whatever somebody has just heard of, so that no scan that is under way will do.
    package let isShared: Bool

    package init(targets: [Target], whole: Bool, full: Bool, naming: Digest, isShared: Bool) {
        var seen: Set<Target> = []
        self.targets = targets.filter { seen.insert($0).inserted }
        self.whole = whole
        self.full = full
        self.naming = naming
        self.isShared = isShared
    }

    /// The same for whoever means the same, in whichever order.
    package var digest: Digest {
        var encoder = CanonicalEncoder()
        encoder.append(whole ? "whole" : "some")
        encoder.append(full ? "full" : "changed")
        encoder.append(naming.description)
        encoder.append(list: targets.sorted()) { $0.append($1.description) }
        return encoder.digest
    }
}

/// A worker's place in a scan.
package struct ScanShare: Sendable, Hashable {
    package let scan: ScanID
    package let worker: WorkerID
    /// Somebody else had begun it.
    package let joined: Bool

    package init(scan: ScanID, worker: WorkerID, joined: Bool) {
        self.scan = scan
        self.worker = worker
        self.joined = joined
    }
}

/// One worker's right to read one target now.
package struct TargetClaim: Sendable, Hashable {
    package let scan: ScanID
    package let worker: WorkerID
    package let target: Target
    /// Grows with each claim of the target, whichever scan claims it: readings are in the order of their fences.
    package let fence: Int64
    /// How often this scan has claimed it, this time included.
    package let attempt: Int
    /// A person said that the next reading may differ as much as it likes.
    package let accepted: Bool

    package init(scan: ScanID, worker: WorkerID, target: Target, fence: Int64, attempt: Int, accepted: Bool) {
        self.scan = scan
        self.worker = worker
        self.target = target
        self.fence = fence
        self.attempt = attempt
        self.accepted = accepted
    }
}

/// How far a scan is.
package struct ScanProgress: Sendable, Hashable {
    /// False: it has its end, or was given up.
    package var isRunning: Bool
    package var waiting: Int
    package var claimed: Int
    package var read: Int
    /// Other workers of this scan that were heard of within their lease, by name.
    package var others: [String]
    /// Who holds a target that this scan has still to read, this scan's own workers or another's.
    package var holders: [String]

    package init(isRunning: Bool, waiting: Int, claimed: Int, read: Int, others: [String], holders: [String]) {
        self.isRunning = isRunning
        self.waiting = waiting
        self.claimed = claimed
        self.read = read
        self.others = others
        self.holders = holders
    }

    package var unread: Int { waiting + claimed }
}

/// What one worker did for a scan.
package struct ScanWorker: Sendable, Hashable {
    package var id: WorkerID
    /// Such as `process 4711 on night-1`.
    package var name: String
    /// Targets of which it recorded the reading.
    package var read: Int

    package init(id: WorkerID, name: String, read: Int) {
        self.id = id
        self.name = name
        self.read = read
    }
}
