package import Core
package import Foundation

extension EnvironmentFacts.Rollout {
    /// The settings say that nobody looks.
    static let notLookedFor = EnvironmentFacts.Rollout.none(source: "not looked for")
}

extension EnvironmentFacts {
    /// What the store knows of an environment, as the rules want it.
    ///
    /// `configured`: the targets that scans read; one that left the settings file is not read any more, so what was
    /// last seen there proves nothing. `table`: what is known of the runtimes of its functions. `reads`: what scans read
    /// beyond components. `asksTrails`: whether they ask who made what. `now`: a reading of branches that is too old by then is none.
    package init(
        _ record: EnvironmentRecord,
        accountNames: [AccountID: String],
        configured: Set<Target>,
        table: RuntimeTable = .empty,
        reads: SignalRules = .none,
        asksTrails: Bool = false,
        now: Date
    ) {
        let branches = record.branches.asOf(now, registered: record.registration?.repository)
        var signals = [
            Signal(
                .changed,
                record.changed.map(Signal.Value.known)
                    ?? .unknown(reason: "no component says when it was last changed"),
                source: "newest component created or updated"
            )
        ]
        signals.append(branches.committed())
        if let claimed = record.claimedAt {
            signals.append(Signal(.asked, .known(claimed), source: "claimed by \(record.claim ?? "")"))
        }
        if let lease = record.lease {
            signals.append(Signal(.asked, .known(lease.at), source: "extended by \(lease.by)"))
        }
        let named = record.tags.map { (component: $0, name: Self.name($0.id)) }
        let reading = Reading(record, configured: configured)
        let stacksRead = record.targets.compactMap(\.at).max()
        if reads.invocations, record.kind == .feature {
            signals +=
                record.signals.first { $0.kind == .invoked }?.signals(
                    stacksRead: stacksRead,
                    began: record.oldest,
                    now: now
                )
                ?? [Signal(.invoked, .unknown(reason: "never read"), source: "CloudWatch")]
        }
        self.init(
            key: record.key,
            nature: Nature(record),
            accounts: Set(record.targets.map(\.target.account)),
            accountNames: accountNames,
            oldestCreated: Self.created(record, record.oldest),
            youngestCreated: Self.created(record, record.youngest),
            firstSeen: record.oldest,
            newestFirstSeen: record.youngest,
            signals: signals,
            timeToLive: TimeToLive.read(
                named.map { .init(component: $0.name, tags: $0.component.tags, created: $0.component.created) }
            ).orLater(
                record.registration?.expiresAt,
                of: "registration of \(record.registration?.at.minuteText ?? "")"
            ),
            protection: record.protection.map { Protection(until: $0.until, by: $0.by, reason: $0.because) },
            lease: record.lease.map {
                Lease(granted: $0.at, until: $0.until, by: $0.by, reason: $0.because, count: record.leaseCount)
            },
            release: Self.release(record),
            partlyReaped: record.partlyReaped.map {
                PartlyReaped(at: $0.at, detail: "plan \($0.plan) left a part of it")
            },
            ownerConflict: record.ownerConflict ? record.ownerDetail : nil,
            reading: reading,
            runtimes: RuntimeFacts(record.runtimes, in: table),
            branches: branches,
            rollout: !reads.rollouts || record.kind != .feature
                ? .notLookedFor
                : record.signals.first { $0.kind == .rollout }?.rollout(stacksRead: stacksRead, now: now)
                    ?? .unknown(reason: "never read"),
            cost: CostFacts(record.cost, asOf: now),
            regions: Set(record.targets.map(\.target.region)),
            tools: Set(record.tags.map(\.tool)),
            ownership: Ownership(
                record,
                reading,
                branches,
                untold: asksTrails ? record.untoldTrails.last { $0.isRemembered(at: now) } : nil
            ),
            tags: TagFacts(
                named.map { .init(name: $0.name, tags: $0.component.tags) },
                whyUnread: record.tags.isEmpty ? "no stack of it was read" : reading.trouble
            )
        )
    }

    /// R4: where a component does not say when it was created, the age only runs from when it was first seen.
    private static func created(_ record: EnvironmentRecord, _ date: Date) -> Known<Date> {
        guard let silent = record.tags.first(where: { $0.created == nil }) else { return .known(date) }
        return .unknown(reason: "\(name(silent.id)) does not say when it was created")
    }

    /// A stack's name for people, out of its id.
    private static func name(_ id: ComponentID) -> String {
        let parts = id.text.split(separator: "/")
        return parts.count >= 2 ? String(parts[parts.count - 2]) : id.text
    }

    /// A claim or an extension after a release ends it; the store ends it too, this is the second lock.
    private static func release(_ record: EnvironmentRecord) -> Release? {
        guard let at = record.releasedAt else { return nil }
        return Release(at: at, by: record.releasedBy ?? "nobody known")
    }
}

extension EnvironmentFacts.Nature {
    fileprivate init(_ record: EnvironmentRecord) {
        switch record.kind {
        case .feature: self = .feature
        case .permanent: self = .permanent(evidence: "a component's name or tags hold a permanent word")
        case .ambiguous: self = .ambiguous(evidence: "names and tags of its components disagree")
        }
    }
}

extension EnvironmentFacts.Reading {
    /// R1, R3: complete only when every target it has or had components in was read completely the last time.
    fileprivate init(_ record: EnvironmentRecord, configured: Set<Target>) {
        if let suspect = record.targets.first(where: \.suspect) {
            self = .suspect("\(suspect.target): \(suspect.failure ?? "the latest reading is not believed")")
        } else if let failed = record.targets.first(where: { $0.at == nil || $0.failure != nil }) {
            self = .partial("\(failed.target): \(failed.failure ?? "never read completely")")
        } else if let left = record.targets.first(where: { !configured.contains($0.target) }) {
            self = .partial("\(left.target) is not in the settings file any more: retire it, or add it again")
        } else {
            self = .complete
        }
    }
}

extension EnvironmentFacts.Reading {
    /// What was not read may say otherwise.
    fileprivate var trouble: String? {
        switch self {
        case .complete: nil
        case .partial(let why), .suspect(let why): why
        }
    }
}

extension Ownership {
    /// That nobody is known to own it is known only where all of it was read.
    fileprivate init(
        _ record: EnvironmentRecord,
        _ reading: EnvironmentFacts.Reading,
        _ branches: EnvironmentBranches,
        untold: UntoldTrail?
    ) {
        if record.ownerConflict {
            self = .several(record.ownerDetail)
        } else if let owner = record.owner {
            self = .owned(by: owner)
        } else {
            // Whoever made it, or committed last, owns what nobody else does.
            let unread = branches.repositories.first { $0.whyUnknown != nil }
            let host = unread.map { "branches of \($0.name): \($0.whyUnknown ?? "")" }
            let history = untold.map { "CloudTrail of \($0.target), around \($0.at.minuteText)" }
            self = (reading.trouble ?? history ?? host).map { .unread(reason: $0) } ?? .nobody
        }
    }
}
