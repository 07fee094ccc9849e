import Core
import Foundation

/// What the entries of one life say, taken apart.
struct LifeFacts {
    let life: EnvironmentLife

    /// What was concluded, and what it rested on; oldest first.
    struct Conclusion {
        let entry: AuditEntry
        let grounds: Grounds
    }

    /// What somebody was told, or not.
    struct Told {
        let at: Date
        let notice: String
        let recipient: String
        /// `taken`, `refused`, `uncertain`, `came back`.
        let outcome: String
        let reason: String?
    }

    var conclusions: [Conclusion] {
        life.entries.compactMap { entry in
            grounds(of: entry).map { Conclusion(entry: entry, grounds: $0) }
        }
    }

    /// What its end, or what comes next, rests on: of the plan that took it down, else the newest.
    var decisive: Conclusion? {
        let stale = conclusions.filter { $0.grounds.verdict == .stale || $0.entry.plan != nil }
        if let plan = life.endingPlan?.id { return stale.last { $0.entry.plan == plan } ?? stale.last }
        return stale.last
    }

    var sightings: [AuditEntry] { life.entries.filter { $0.event.hasPrefix("seen stale in scan ") } }

    var told: [Told] {
        life.entries.compactMap { entry in
            let outcome: String
            let details = StoredJSON(entry.details)
            switch entry.event {
            case "told": outcome = "taken"
            case "not told": outcome = details["state"] ?? "refused"
            case "message came back": outcome = "came back"
            default: return nil
            }
            return Told(
                at: entry.at,
                notice: details["notice"] ?? "",
                recipient: details.recipient,
                outcome: outcome,
                reason: details["reason"]
            )
        }
    }

    /// The grounds that an entry carries about this life.
    func grounds(of entry: AuditEntry) -> Grounds? {
        let data = Data(entry.details)
        if entry.event == "plan made" {
            return (try? JSONDecoder().decode(PlanMade.self, from: data))?.grounds[life.environment.key.description]
        }
        return try? JSONDecoder().decode(Grounds.self, from: data)
    }

    private struct PlanMade: Decodable {
        let grounds: [String: Grounds]
    }
}

extension EnvironmentLife {
    /// The plan whose steps took it down, whole or in part.
    var endingPlan: PlanRecord? {
        plans.last { plan in
            plan.steps.contains { $0.step.environment == environment.key && $0.intendedAt != nil }
        }
    }

    func steps(of plan: PlanRecord) -> [StepRecord] {
        plan.steps.filter { $0.step.environment == environment.key }
    }

    /// A stack's name where it is one of this life.
    func name(of component: ComponentID) -> String {
        components.first { $0.id == component }?.name ?? component.text
    }
}

extension StoredJSON {
    /// A member as text; nil where there is none, or it says nothing.
    subscript(_ member: String) -> String? {
        guard case .object(let members) = self, let value = members[member] else { return nil }
        switch value {
        case .null, .list, .object: return nil
        case .flag, .number, .text: return value.words.isEmpty ? nil : value.words
        }
    }
}

extension StoredJSON {
    /// Whom a message went to, without the kind of way it took.
    var recipient: String {
        let text = self["recipient"] ?? "somebody"
        return ["mail:", "channel:"].first { text.hasPrefix($0) }.map { String(text.dropFirst($0.count)) } ?? text
    }
}

extension Canvas {
    /// A member that is a moment, as people read it; as it stands where it is none.
    func moment(in details: StoredJSON, _ member: String) -> String? {
        details[member].map { text in
            (try? Date(text.replacing(/\.[0-9]+/, with: ""), strategy: .iso8601)).map(moment.plain) ?? text
        }
    }
}
