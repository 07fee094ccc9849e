import ArgumentParser
import Core

func parsedPlan(_ text: String) throws -> PlanID {
    guard let plan = PlanID(text: text) else { throw ValidationError("\"\(text)\" is no plan; write P12") }
    return plan
}

/// A plan, or a run of several.
enum PlanReference: Sendable {
    case plan(PlanID)
    case run(RunID)

    /// As a person types it.
    var text: String {
        switch self {
        case .plan(let id): "\(id)"
        case .run(let id): "\(id)"
        }
    }
}

func parsedReference(_ text: String) throws -> PlanReference {
    if let run = RunID(text: text) { return .run(run) }
    guard let plan = PlanID(text: text) else { throw ValidationError("\"\(text)\" is no plan or run; write P12 or R3") }
    return .plan(plan)
}
