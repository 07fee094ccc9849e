import Core
import Foundation

extension Nightly.Outcome {
    mutating func leave(_ line: String, _ kind: Problem.Kind) {
        leftUndone.append(line)
        statuses.insert(kind)
    }

    /// `discreet`: the same without what a program or a server of somebody else said.
    private mutating func leave(_ line: String, discreet other: String, _ kind: Problem.Kind) {
        leave(line, kind)
        discreet[line] = other
    }

    mutating func note(_ done: Nightly.Done) {
        switch done {
        case .scanned(let scanned): note(scanned)
        case .evaluated(let evaluated): note(evaluated)
        case .planned(let planned): note(planned)
        case .told(let told): note(told)
        }
    }

    mutating func note(_ scanned: ScanOutcome) {
        let failed = scanned.summary.readings.filter { $0.outcome != "complete" }
        let all = scanned.summary.readings.count
        numbers["targets_read"] = Double(all - failed.count)
        numbers["targets_failed"] = Double(failed.count)
        numbers["environments"] = Double(scanned.environments)
        numbers["aws_calls"] = Double(scanned.summary.calls.values.reduce(0, +))
        steps.append((.scan, "read \(all - failed.count) of \(all) targets, \(scanned.environments) environments"))
        for reading in failed {
            leave("\(reading.target) was not read completely: \(reading.failure ?? reading.outcome)", .partial)
        }
        for trouble in scanned.troubles {
            leave("could not be found out: \(trouble.what): \(trouble.why)", .partial)
        }
        leftUndone += scanned.notes.map { "\($0.summary): \($0.why)" }
        if scanned.readNothing { statuses.insert(.unavailable) }
    }

    mutating func note(_ evaluated: Evaluate.Outcome) {
        for verdict in Verdict.allCases {
            numbers["verdict_\(verdict.rawValue)"] = Double(evaluated.verdicts[verdict] ?? 0)
        }
        let stale = evaluated.verdicts[.stale] ?? 0
        let counts = "\(stale) stale, \(evaluated.changes.count) changes"
        steps.append((.evaluate, evaluated.frozen.isEmpty ? counts : "\(counts), \(evaluated.frozen.count) not judged"))
        for (because, frozen) in Dictionary(grouping: evaluated.frozen, by: \.because).sorted(by: { $0.key < $1.key }) {
            leftUndone.append("\(counted(frozen.count, "environment")) not judged: \(because)")
        }
        if evaluated.isPartial { statuses.insert(.partial) }
        for hold in evaluated.held {
            leave("account \(hold.account) is held: \(hold.because)", .undone)
        }
    }

    mutating func note(_ planned: Planning.Outcome) {
        let blocked = planned.plans.filter { !$0.blockers.isEmpty }
        // A plan that stands as it was is no new one, however many nights it waits.
        let made = planned.plans.count { $0.run != nil && $0.run == planned.run }
        numbers["plans_made"] = Double(made)
        numbers["plans_kept"] = Double(planned.plans.count - made)
        numbers["plans_blocked"] = Double(blocked.count)
        numbers["deferred"] = Double(planned.deferred.count)
        steps.append(
            (
                .plan,
                "\(counted(made, "new plan")), \(planned.plans.count - made) as before, \(blocked.count) blocked, "
                    + "\(planned.deferred.count) deferred"
            )
        )
        for plan in blocked {
            let names = plan.document.environments.map(\.key.name.text).joined(separator: ", ")
            let unread = plan.blockers.first { $0.kind == .unread }
            let why = unread ?? plan.blockers.first
            let line = "\(names) is blocked: \(why?.text ?? "")"
            // What could not be read may be readable tomorrow; whatever else blocks is for a person, who is told.
            if unread == nil { leftUndone.append(line) } else { leave(line, .partial) }
        }
        for (because, all) in Dictionary(grouping: planned.deferred, by: \.because).sorted(by: { $0.key < $1.key }) {
            let names = all.prefix(3).map(\.key.name.text).joined(separator: ", ")
            let more = all.count > 3 ? " and \(all.count - 3) more" : ""
            leftUndone.append("not planned: \(names)\(more): \(because)")
        }
        if planned.isHeld { statuses.insert(.undone) }
    }

    mutating func note(_ told: Notify.Outcome) {
        let sent = told.sent
        numbers["notices_queued"] = Double(told.queued)
        numbers["messages_accepted"] = Double(sent.accepted)
        numbers["messages_deferred"] = Double(sent.deferred.count)
        numbers["messages_refused"] = Double(sent.refused.count)
        numbers["messages_uncertain"] = Double(sent.uncertain.count)
        numbers["messages_untried"] = Double(sent.untried)
        var line = "\(counted(sent.accepted, "message")) delivered"
        if !sent.deferred.isEmpty { line += ", \(sent.deferred.count) not taken yet" }
        if sent.untried > 0 { line += ", \(sent.untried) not tried" }
        if !sent.refused.isEmpty { line += ", \(sent.refused.count) refused" }
        if !sent.uncertain.isEmpty { line += ", \(sent.uncertain.count) uncertain" }
        steps.append((.notify, line))
        for trouble in sent.troubles { leave(trouble.text, discreet: trouble.discreet, .undone) }
        for reason in Set(sent.misconfigured).sorted() {
            leave("nothing can be sent: \(reason)", discreet: "nothing can be sent", .configuration)
        }
        if let untried = sent.untriedText { leave(untried, .undone) }
        if told.later > 0 { leave("\(counted(told.later, "notice")) did not fit into a channel's message", .undone) }
        if told.unwarned > 0 {
            leave(
                "\(told.unwarned) stale environments wait for a warning, and neither mail nor a channel is set up: "
                    + "see `mail:` in the settings, or `warn: none` in the policy",
                .undone
            )
        }
        for (key, because) in told.unreachable { leave("nobody was told of \(key.name): \(because)", .undone) }
    }
}

extension Nightly {
    /// How things stand at the end: what waits for people, and what is not there any more.
    func describe(_ outcome: inout Outcome) async {
        do throws(Problem) {
            try await reporting {
                let now = wiring.clock()
                let records = try await wiring.store.environments()
                for state in FindingState.allCases {
                    outcome.numbers["finding_\(state.rawValue)"] =
                        Double(records.count { $0.findingState == state.rawValue })
                }
                outcome.numbers["partly_reaped"] = Double(records.count { $0.partlyReaped != nil })
                outcome.numbers["unowned"] = Double(records.count { $0.kind == .feature && $0.owner == nil })
                let plans = try await wiring.store.plans(open: true, run: nil, limit: 10_000)
                let awaiting = plans.count { $0.state == .awaitingApproval }
                let approved = plans.count { $0.state == .approved || $0.state == .running }
                outcome.numbers["plans_awaiting_approval"] = Double(awaiting)
                outcome.numbers["plans_approved"] = Double(approved)
                outcome.numbers["leftovers"] = Double(try await wiring.store.leftovers(open: true).count)
                let yesterday = now.later(by: .seconds(-86_400))
                let ended = try await wiring.store.environments(endedAfter: yesterday)
                outcome.numbers["reaped"] = Double(ended.count { $0.findingState == FindingState.reaped.rawValue })
                if let because = try await wiring.store.pauseReason() {
                    outcome.waiting.append("everything is paused, so nothing is torn down: \(because); curfew resume")
                }
                if awaiting > 0 {
                    outcome.waiting.append(
                        "\(counted(awaiting, "plan")) \(wait(awaiting)) for approval: curfew plan list"
                    )
                }
                if approved > 0 {
                    outcome.waiting.append(
                        "\(counted(approved, "plan")) \(wait(approved)) for curfew reap\(try await window(now))"
                    )
                }
            }
        } catch {
            outcome.leave("how things stand is not known: \(error.line)", error.kind)
        }
    }

    private func window(_ now: Date) async throws -> String {
        let policies = try await wiring.policyInForce().set
        guard let window = policies.window else { return "" }
        if window.isOpen(at: now) { return ", the window is open" }
        guard let next = window.nextOpening(after: now) else { return ", the window never opens" }
        return ", the window opens \(Self.spoken(next, in: window.zone))"
    }

    private static func spoken(_ date: Date, in zone: TimeZone) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = zone
        format.dateFormat = "EEE HH:mm zzz"
        return format.string(from: date)
    }

    private func wait(_ number: Int) -> String { number == 1 ? "waits" : "wait" }
}

private func counted(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

extension Recipient {
    /// The address or the channel's name.
    package var plain: String {
        switch self {
        case .address(let address): address
        case .channel(let name): "channel \(name)"
        }
    }
}
