import Core
import Foundation

/// What is kept of a component before its deletion is asked for, as it was read.
///
/// It can hold secrets: it goes into the store and nowhere else. PostgreSQL compresses it (a `bytea` over 2 kB, with
/// whatever `default_toast_compression` says; the default, pglz, makes real templates a good deal smaller).
struct Tombstone {
    let content: TombstoneContent
    let template: String
    let resources: [ObservedResource]
    private let component: ObservedComponent

    /// The same digest that the plan's fingerprint has of it, unless it was changed by anybody but that plan.
    func digest(asApprovedBy plan: PlanRecord) -> Digest {
        var component = component
        if plan.protectionSwitchedOff.contains(component.id), component.terminationProtection == false {
            component.terminationProtection = true
        }
        return Fingerprint.digest(of: component, template: template, resources: resources)
    }

    func encoded() throws -> [UInt8] { try content.encoded() }

    /// Reads it afresh; a component that cannot be read in full is not deleted.
    static func take(
        _ step: PlanStep,
        provider: any Provider,
        readTemplate: (String) -> TemplateReading?
    ) async throws -> Tombstone {
        guard let component = try await provider.component(step.component, in: step.target) else {
            throw ProviderFailure(
                .refused,
                "\(step.name) is gone already",
                advice: "nothing to do: the next look records it"
            )
        }
        let template = try await provider.template(of: component.id, in: step.target, original: true)
        let resources = try await provider.resources(of: component.id, in: step.target)
        // Without transforms CloudFormation has one template (API reference, GetTemplate); what cannot be understood is asked.
        let processed =
            readTemplate(template)?.isTransformed == false
            ? template : try await provider.template(of: component.id, in: step.target, original: false)
        return Tombstone(
            content: TombstoneContent(
                component,
                of: step,
                template: template,
                processedTemplate: processed,
                resources: resources,
                stackPolicy: try await provider.stackPolicy(of: component.id, in: step.target)
            ),
            template: template,
            resources: resources,
            component: component
        )
    }
}
