import Core
import Foundation

extension SignalsOfEnvironments {
    typealias Found = (records: [(key: EnvironmentKey, record: SignalRecord)], notes: [EvidenceNote])

    func invocations(_ subjects: [SignalSubject], _ round: Round) async throws(StoreFailure) -> Found {
        var records: [(key: EnvironmentKey, record: SignalRecord)] = []
        var due: [SignalSubject] = []
        for subject in subjects {
            let known = subject.records[.invoked]
            let counted = subject.counted
            if counted.contains(where: \.type.isUsed) {
                guard round.isDue(known, counted.digest) else { continue }
                if round.isLate {
                    // What was known of other things is not known of these.
                    if known?.subjects != counted.digest { records.append((subject.key, .late(subject, known, round))) }
                } else {
                    due.append(subject)
                }
            } else if let record = SignalRecord.unused(subject, round), !subject.says(record) {
                records.append((subject.key, record))
            }
        }
        let schedules = try await schedules(of: due)
        let readings = await readings(of: due, schedules: schedules, round)
        var unread: [Target: (environments: Int, why: String, advice: String)] = [:]
        for subject in due {
            records.append((subject.key, conclusion(on: subject, readings, round, &unread)))
        }
        let notes = unread.sorted { $0.key < $1.key }.map { target, missing in
            EvidenceNote(
                "invocations of \(missing.environments) environment\(missing.environments == 1 ? "" : "s") in \(target)"
                    + " are unknown",
                why: missing.why,
                advice: missing.advice
            )
        }
        return (records, notes)
    }

    private func readings(
        of due: [SignalSubject],
        schedules: [ComponentID: ComponentSchedules],
        _ round: Round
    ) async -> [Target: UsageOfTarget] {
        let oldest = due.map(\.oldest).min() ?? round.now
        let window = UsageWindow(since: oldest, to: round.now)
        let resources = Dictionary(grouping: due.flatMap(\.counted), by: \.target)
        let targets = resources.keys.sorted()
        let readings = await fanOut(targets, width: Self.width) { target in
            if round.isLate { return UsageOfTarget(window: window, failure: Round.late) }
            return await UsageOfTarget.read(
                resources[target] ?? [],
                in: target,
                window: window,
                schedules: schedules,
                by: provider
            )
        }
        return Dictionary(zip(targets, readings), uniquingKeysWith: { first, _ in first })
    }

    private func conclusion(
        on subject: SignalSubject,
        _ readings: [Target: UsageOfTarget],
        _ round: Round,
        _ unread: inout [Target: (environments: Int, why: String, advice: String)]
    ) -> SignalRecord {
        let all = subject.counted
        let used = all.filter(\.type.isUsed)
        var whole: Usage?
        var missing: String?
        var missed: Set<Target> = []
        for resource in used.sorted(by: { ($0.target, $0.logicalID) < ($1.target, $1.logicalID) }) {
            guard let reading = readings[resource.target] else { continue }
            switch reading.usage(of: resource, among: all) {
            case .success(let usage): whole = whole?.joined(with: usage) ?? usage
            case .failure(let failure):
                missing = missing ?? failure.why
                guard missed.insert(resource.target).inserted else { continue }
                let before = unread[resource.target]
                unread[resource.target] = (
                    environments: (before?.environments ?? 0) + 1,
                    why: before?.why ?? failure.why,
                    advice: before?.advice ?? failure.advice
                )
            }
        }
        if subject.isUnread { missing = missing ?? "the resources of one of its stacks were not read" }
        return SignalRecord(used: used, whole, missing: missing, before: subject.records[.invoked], all.digest, round)
    }
}

extension SignalsOfEnvironments {
    /// What the templates of due environments say of schedules; each is read once for each change of its component.
    private func schedules(of due: [SignalSubject]) async throws(StoreFailure) -> [ComponentID: ComponentSchedules] {
        let holders = Dictionary(
            due.flatMap(\.counted).filter(\.type.isSchedule).map { ($0.component, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        guard !holders.isEmpty else { return [:] }
        var known = try await store.schedules(of: holders.keys.sorted())
        let wanted = holders.values.filter { known[$0.component]?.content != $0.content }
            .sorted { $0.component < $1.component }
        let templates = await fanOut(wanted, width: Self.width) { resource in
            await gathering { () async throws(ProviderFailure) in
                try await provider.template(of: resource.component, in: resource.target, original: false)
            }
        }
        var read: [ComponentID: ComponentSchedules] = [:]
        for (resource, template) in zip(wanted, templates) {
            // What an older template said does not hold any more.
            known[resource.component] = nil
            guard let text = try? template.get() else { continue }
            read[resource.component] = ComponentSchedules(content: resource.content, schedules: readSchedules(text))
        }
        if !read.isEmpty { try await store.record(read) }
        return known.merging(read) { $1 }
    }
}

extension SignalSubject {
    /// What decides about invocations; a schedule counts only beside what it may invoke.
    var counted: [SignalResource] { resources.filter { $0.type.isUsed || $0.type.isSchedule } }
}

extension SignalRecord {
    /// Of an environment without anything that could be used; nil where that is not known.
    fileprivate static func unused(_ subject: SignalSubject, _ round: SignalsOfEnvironments.Round) -> SignalRecord? {
        subject.isUnread
            ? SignalRecord(
                kind: .invoked,
                missing: "the resources of one of its stacks were not read",
                readAt: round.now
            )
            : SignalRecord(
                kind: .invoked,
                inapplicable: "no Lambda function and no API in its stacks",
                readAt: round.now
            )
    }

    fileprivate static func late(
        _ subject: SignalSubject,
        _ known: SignalRecord?,
        _ round: SignalsOfEnvironments.Round
    ) -> SignalRecord {
        SignalRecord(
            kind: .invoked,
            seen: known?.seen,
            missing: SignalsOfEnvironments.Round.late.summary,
            readAt: round.now
        )
    }

    /// The same, but for when it was read.
    func says(_ other: SignalRecord) -> Bool {
        var same = other
        same.readAt = readAt
        same.subjects = subjects
        return self == same
    }

    fileprivate init(
        used: [SignalResource],
        _ usage: Usage?,
        missing: String?,
        before: SignalRecord?,
        _ subjects: Digest,
        _ round: SignalsOfEnvironments.Round
    ) {
        let now = [usage?.seen, before?.seen].compactMap(\.self).max { $0.at < $1.at }
        var noneSince = usage?.quietSince
        // Two readings of the same things that saw nothing say so of both their times, where they leave no gap.
        if let before, before.subjects == subjects, before.missing == nil, usage?.seen == nil, usage?.because == nil,
            let earlier = before.noneSince, let since = noneSince, before.readAt >= since, earlier < since
        {
            noneSince = earlier
        }
        let functions = used.count { $0.type == .function }
        let apis = used.count - functions
        let counted = [(functions, "function"), (apis, "API")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
        self.init(
            kind: .invoked,
            seen: now,
            noneSince: missing == nil ? noneSince : nil,
            detail: usage?.because ?? counted,
            missing: missing,
            subjects: subjects,
            readAt: round.now
        )
    }
}
