import Core
import Foundation

/// Everything that notices follow from, read once.
struct NoticeGathering {
    private let wiring: Wiring
    private let book: AddressBook
    private let now: Date
    private let records: [EnvironmentRecord]
    private let findings: [EnvironmentKey: Finding]
    private let byKey: [EnvironmentKey: EnvironmentRecord]
    private let policies: PolicySet
    private let accounts: [AccountID: AccountRecord]
    private let plans: [PlanRecord]
    /// What stands in the way of the plan for each environment.
    private let blockers: [EnvironmentKey: [Blocker]]
    private var history: [EnvironmentKey: [NoticeRecord]]
    /// Names that stand for one environment only.
    private let plain: Set<EnvironmentName>
    private var items: [Recipient: [NoticeItem]] = [:]
    private var result = Notify.Owed()

    init(wiring: Wiring, book: AddressBook, now: Date, changed: [EnvironmentKey: Finding]) async throws {
        self.wiring = wiring
        self.book = book
        self.now = now
        policies = try await wiring.policyInForce().set
        let open = try await wiring.store.environments()
        let before = now.later(by: .zero - NoticeGround.reapedWithin)
        records = open + (try await wiring.store.environments(endedAfter: before))
        byKey = Dictionary(records.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var findings: [EnvironmentKey: Finding] = [:]
        for record in records {
            findings[record.key] = try changed[record.key] ?? record.finding.map(FindingCoding.decode)
        }
        self.findings = findings
        accounts = Dictionary(
            try await wiring.accounts().map { ($0.account, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        plans = try await wiring.store.plans(open: true, run: nil, limit: 10_000)
        blockers = Dictionary(
            plans.filter { $0.state == .draft && !$0.blockers.isEmpty }.flatMap { plan in
                plan.document.environments.map { ($0.key, plan.blockers.sorted()) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        history = Dictionary(
            grouping: try await wiring.store.noticeHistory(endedAfter: before),
            by: \.notice.environment
        )
        plain = Set(
            Dictionary(grouping: records, by: \.key.name).filter { Set($0.value.map(\.key.space)).count == 1 }.keys
        )
    }

    func owed() async throws -> Notify.Owed {
        var gathering = self
        let queued = try await wiring.store.queuedNotices()
        gathering.weed(queued)
        for record in records { gathering.tell(of: record) }
        try await gathering.tellApprovers()
        gathering.settle(queued)
        return gathering.result
    }

    private mutating func tell(of record: EnvironmentRecord) {
        guard record.kind == .feature, let finding = findings[record.key] else { return }
        let ground = ground(record, finding)
        let owed = ground.owed(now: now)
        guard !owed.isEmpty else { return }
        let found = book.recipients(of: record.owner.map { OwnerName($0) })
        for notice in owed {
            switch notice.audience {
            case .owner:
                if found.recipients.isEmpty { result.unreachable.append((record.key, unreachable(record))) }
                for recipient in found.recipients where ground.history.lacks(notice.notice, for: recipient, now: now) {
                    add(notice.notice, to: recipient, record, ground, isStandIn: found.isStandIn)
                }
                for recipient in found.recipients where notice.notice.kind == .warned {
                    guard !ground.history.lacks(notice.notice, for: recipient, now: now),
                        let why = ground.history.failure(of: notice.notice, for: recipient)
                    else { continue }
                    result.unreachable.append((record.key, "\(recipient.plain) was tried in vain: \(why)"))
                }
            case .told(let recipients):
                for recipient in recipients where ground.history.lacks(notice.notice, for: recipient, now: now) {
                    add(notice.notice, to: recipient, record, ground, isStandIn: false)
                }
            }
        }
    }

    private func ground(_ record: EnvironmentRecord, _ finding: Finding) -> NoticeGround {
        let facts = wiring.facts(record)
        let held = record.targets.contains { coverage in
            accounts[coverage.target.account].map { $0.mode != .reap || $0.hold != nil } ?? true
        }
        return NoticeGround(
            key: record.key,
            finding: finding,
            policy: policies.policy(named: finding.policy),
            isStale: facts.reading == .complete && judge(facts, policies, now: now).verdict == .stale,
            isThreatened: !held,
            isBlocked: blockers[record.key] != nil,
            endedAt: record.endedAt,
            history: history[record.key] ?? []
        )
    }

    private func unreachable(_ record: EnvironmentRecord) -> String {
        let who = record.owner.map { "no address is known for its owner \($0)" } ?? "nobody owns it"
        return "\(who), and neither `owners.fallback` nor `notices.platform` can be written to"
    }

    /// Plans that wait for somebody's yes, and those whose yes counts no more.
    private mutating func tellApprovers() async throws {
        let replaced = try await wiring.store.replacedApprovals()
        for plan in plans where asksForApproval(plan) {
            for environment in plan.document.environments {
                guard let record = byKey[environment.key] else { continue }
                for recipient in approvers(of: plan, record) {
                    tell(recipient, .awaitingApproval, record, plan, subject: plan.asking)
                }
                for old in replaced[plan.id] ?? [] {
                    for recipient in Set(old.by.compactMap(book.recipient(ofLogin:))) {
                        tell(recipient, .superseded, record, plan, subject: "plan \(old.plan)", replaced: old.plan)
                    }
                }
            }
        }
    }

    /// It is withdrawn with the next evaluation where something of it has ended, so nobody is asked for it.
    private func asksForApproval(_ plan: PlanRecord) -> Bool {
        plan.state == .awaitingApproval
            && plan.document.environments.allSatisfy { byKey[$0.key].map { $0.endedAt == nil } ?? false }
    }

    private mutating func tell(
        _ recipient: Recipient,
        _ kind: NoticeKind,
        _ record: EnvironmentRecord,
        _ plan: PlanRecord,
        subject: String,
        replaced: PlanID? = nil
    ) {
        let notice = Notice(kind, of: record.key, subject: subject)
        guard (history[record.key] ?? []).lacks(notice, for: recipient, now: now) else { return }
        var item = item(notice, record, reason: record.verdict?.reason ?? "named by \(plan.madeBy)")
        item.plan = replaced ?? plan.id
        item.replacement = replaced == nil ? nil : plan.id
        let mine = Set(plan.document.environments.filter { $0.key == record.key }.flatMap(\.components))
        item.losses = plan.document.losses.filter { mine.contains($0.component) }.map { "\($0.type) \($0.name)" }
        items[recipient, default: []].append(item)
    }

    /// Those whose yes would count and has not been given.
    private func approvers(of plan: PlanRecord, _ record: EnvironmentRecord) -> Set<Recipient> {
        var found: Set<Recipient> = []
        for word in plan.terms.by {
            if word == "owner" {
                if let owner = record.owner { found.formUnion(book.approvers(owning: OwnerName(owner))) }
            } else if word.hasPrefix("group:") {
                found.formUnion(book.recipients(ofGroup: String(word.dropFirst("group:".count))))
            } else {
                found.formUnion(book.recipients(ofPerson: word))
            }
        }
        let given = plan.approvals.filter { $0.decision == "approved" && $0.digest == plan.digest }.map(\.by)
        let out = plan.terms.requesterCounts ? given : given + [plan.madeBy]
        return found.subtracting(out.compactMap(book.recipient(ofLogin:)))
    }

    private mutating func add(
        _ notice: Notice,
        to recipient: Recipient,
        _ record: EnvironmentRecord,
        _ ground: NoticeGround,
        isStandIn: Bool
    ) {
        var item = item(notice, record, reason: ground.finding.reason)
        item.isStandIn = isStandIn
        item.isReleased = ground.finding.verdictClass == .released
        if notice.kind == .due {
            item.blockers = (blockers[record.key] ?? []).map { "\($0.kind.rawValue): \($0.text)" }
        }
        switch notice.kind {
        case .warned:
            item.dueAt = ground.policy.map { now.later(by: $0.grace(unowned: ground.finding.isUnowned ?? false)) }
        case .reminded: item.dueAt = ground.policy.flatMap(ground.finding.dueAt(under:))
        default: item.dueAt = ground.finding.dueSince
        }
        item.extendBy = ground.policy.flatMap { policy in
            let spent = record.leaseCount >= policy.extending.atMost
            let tooOld = policy.maxAge.map { record.oldest.later(by: $0) <= now } ?? false
            return spent || tooOld ? nil : policy.extending.each
        }
        items[recipient, default: []].append(item)
    }

    private func item(_ notice: Notice, _ record: EnvironmentRecord, reason: String) -> NoticeItem {
        NoticeItem(
            notice: notice,
            name: plain.contains(record.key.name) ? record.key.name.text : "\(record.key.space)/\(record.key.name)",
            owner: record.owner,
            reason: reason,
            stacks: record.componentCount,
            oldest: record.oldest,
            endedAt: record.endedAt
        )
    }

    /// What may have gone once goes again as it is, or not at all; what still is so of it is then said anew.
    private mutating func weed(_ queued: [QueuedNotices]) {
        result.untrue = queued.filter { $0.isRepeated && !$0.notices.allSatisfy(holds) }.map(\.id)
        let untrue = Set(result.untrue)
        for (key, records) in history { history[key] = records.filter { !untrue.contains($0.message) } }
    }

    /// What was queued before and never sent is put together anew.
    private mutating func settle(_ queued: [QueuedNotices]) {
        result.waiting = Set(queued.filter { !$0.isRepeated }.map(\.recipient))
        let told = Set(items.keys)
        result.empty = queued.filter { !$0.isRepeated && !told.contains($0.recipient) }.map(\.id)
        result.contents = items.map { recipient, items in
            NoticeContent(recipient: recipient, items: items.sorted(by: Self.inOrder), at: now)
        }
        .sorted { $0.recipient < $1.recipient }
    }

    /// Whether what was said in it still is so.
    private func holds(_ notice: Notice) -> Bool {
        guard let record = byKey[notice.environment], let finding = findings[record.key]
        else { return false }
        switch notice.kind {
        case .awaitingApproval: return plans.contains { asksForApproval($0) && $0.asking == notice.subject }
        case .superseded: return record.endedAt == nil
        default: return ground(record, finding).owed(now: now).contains { $0.notice == notice }
        }
    }

    /// What asks for something first, then what happened.
    private static func inOrder(_ left: NoticeItem, _ right: NoticeItem) -> Bool {
        func rank(_ item: NoticeItem) -> Int {
            switch item.notice.kind {
            case .awaitingApproval: 0
            case .superseded: 1
            case .due: 2
            case .reminded: 3
            case .warned: 4
            case .cleared: 5
            case .reaped: 6
            }
        }
        return (rank(left), left.dueAt ?? .distantFuture, left.name, left.notice.subject)
            < (rank(right), right.dueAt ?? .distantFuture, right.name, right.notice.subject)
    }
}

extension PlanRecord {
    /// What asks for a yes to it: another plan, or the same one with another digest, asks anew.
    fileprivate var asking: String { "plan \(id) \(digest.short)" }
}
