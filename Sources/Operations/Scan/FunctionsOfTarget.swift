import Core
import Foundation

extension TargetScan {
    /// How long a listing of functions holds in a target in which nothing changes.
    ///
    /// A function's runtime changes with its stack, but for changes by hand: those are seen after this at the latest.
    static let functionsHold: Duration = .seconds(7 * 86_400)

    /// The functions of a target, listed where that can say something new.
    ///
    /// A listing that fails makes their runtimes unknown, and changes nothing about the components that were read.
    func functions(
        of reading: Finding,
        known: KnownFunctions,
        in target: Target,
        now: Date
    ) async -> FunctionsReading {
        guard case .complete(_, let gone) = reading.outcome else { return .asBefore }
        let isExpected = known.areExpected || reading.resources.values.joined().contains(where: \.isFunction)
        guard isExpected else { return known.readAt == nil || known.failed ? .none : .asBefore }
        let isKnown = known.readAt.map { $0.later(by: Self.functionsHold) > now } ?? false
        let isUnchanged = reading.resources.isEmpty && gone.isEmpty
        if isKnown, isUnchanged, !known.failed, !full { return .asBefore }
        let listed = await gathering { () async throws(ProviderFailure) in try await provider.functions(in: target) }
        switch listed {
        case .success(let functions): return .listed(functions)
        case .failure(let failure): return .failed(failure)
        }
    }
}

extension ObservedResource {
    fileprivate var isFunction: Bool { type == "AWS::Lambda::Function" }
}
