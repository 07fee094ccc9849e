import Core
import Foundation

/// Entries of one life as sentences.
struct LifeCourse {
    let life: EnvironmentLife
    let canvas: Canvas

    /// None for what only repeats another entry.
    func lines(of entry: AuditEntry) -> [Span] {
        let details = StoredJSON(entry.details)
        if let grounds = LifeFacts(life: life).grounds(of: entry) { return lines(of: entry, grounds) }
        switch entry.event {
        case "owner found":
            let source = details["source"] ?? ""
            return [
                Span(
                    "owner: \(details["owner"] ?? "nobody")\(source == "none" || source.isEmpty ? "" : " (\(source))")"
                )
            ]
        case "registered":
            let end = canvas.moment(in: details, "expires").map { ", wanted until \($0)" } ?? ""
            return [Span("a pipeline registered it for \(details["owner"] ?? "nobody")\(end)")]
        case "told":
            return [Span("\(details.recipient) was told: \(details["notice"] ?? "")")]
        case "not told":
            return [
                Span(
                    "\(details.recipient) was not told: \(details["notice"] ?? "") (\(details["state"] ?? "")\(details["reason"].map { ": \($0)" } ?? ""))",
                    .warning
                )
            ]
        case "message came back":
            return [
                Span(
                    "the message to \(details.recipient) came back: \(details["notice"] ?? "") (\(details["reason"] ?? ""))",
                    .warning
                )
            ]
        case "approved", "rejected": return [Span(approval(entry, details))]
        // Who said yes stands before it, and what it came to behind it.
        case "plan approved":
            return [
                Span("\(plan(entry)) is approved\(canvas.moment(in: details, "expires").map { ", until \($0)" } ?? "")")
            ]
        case "component reaped":
            return [Span("gone: \(details["component"].map { life.name(of: ComponentID($0)) } ?? "a stack")", .bold)]
        case let event where event.hasPrefix("step "): return [Span(step(entry, details))]
        case let event where event.hasPrefix("plan "):
            let because = details["because"].map { ": \($0)" } ?? ""
            return [Span("\(plan(entry)) is \(event.dropFirst("plan ".count))\(because)")]
        case "extended", "protected", "unprotected":
            let until = canvas.moment(in: details, "until").map { " until \($0)" } ?? ""
            return [Span("\(entry.event)\(until)\(details["because"].map { ": \($0)" } ?? "")")]
        default:
            let words = details.words
            return [Span(words.isEmpty || words == "nothing" ? entry.event : "\(entry.event) (\(words))")]
        }
    }

    /// What was concluded, with the policy and the clauses that decided.
    private func lines(of entry: AuditEntry, _ grounds: Grounds) -> [Span] {
        var spans: [Span]
        if entry.event == "plan made" {
            let details = StoredJSON(entry.details)
            let digest = details["digest"].map { ", digest \($0.prefix(12))" } ?? ""
            spans = [
                Span("\(plan(entry)) is made\(digest), \(details["state"] ?? ""): \(grounds.reason)")
            ]
        } else {
            let says = entry.event.contains(grounds.reason) ? "" : ": \(grounds.reason)"
            spans = [Span(entry.event + says, .bold)]
        }
        spans.append(Span("  by policy \(grounds.policy ?? "none"), revision \(grounds.revision)", .dim))
        spans += grounds.clauses.map { Span("  \($0.clause) is \($0.truth.rawValue): \($0.saw)", .dim) }
        return spans
    }

    private func plan(_ entry: AuditEntry) -> String { entry.plan?.description ?? "the plan" }

    /// In the words of the approval itself where a verifier wrote it down for somebody else.
    private func approval(_ entry: AuditEntry, _ details: StoredJSON) -> String {
        let same = life.entries.filter { $0.plan == entry.plan && $0.event == entry.event }
        let approvals = life.plans.first { $0.id == entry.plan }?.approvals.filter { $0.decision == entry.event } ?? []
        let number = same.firstIndex { $0.id == entry.id } ?? 0
        let who = approvals.indices.contains(number) ? approvals[number].by : entry.actor
        let own = details["self-approved"] == "yes" ? ", self-approved" : ""
        return "\(who) \(entry.event) \(plan(entry))\(own)\(details["because"].map { ": \($0)" } ?? "")"
    }

    private func step(_ entry: AuditEntry, _ details: StoredJSON) -> String {
        let state = entry.event.dropFirst("step ".count)
        let subject = details["subject"] ?? details["component"].map { life.name(of: ComponentID($0)) } ?? ""
        let what = "\(details["action"] ?? "step") \(subject)"
        let reason = details["reason"].map { ": \($0)" } ?? ""
        switch state {
        case "intended":
            return
                "\(plan(entry)) step \(details["step"] ?? ""): will ask for \(what), token \(details["token"] ?? "none")"
        case "requested": return "\(plan(entry)) step \(details["step"] ?? ""): asked for \(what)\(reason)"
        default: return "\(plan(entry)) step \(details["step"] ?? ""): \(what) is \(state)\(reason)"
        }
    }
}
