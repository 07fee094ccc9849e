package import Core
import Foundation

/// What a registration came to, for the log of a pipeline.
package enum RegisteredText {
    package static func lines(_ registered: RegisteredEnvironment, on canvas: Canvas) -> [String] {
        let registration = registered.registration
        var lines = [
            "\(canvas.space(registration.space))/\(registration.name) is registered for \(registration.owner)"
                + (registration.expiresAt.map { ", wanted until \(canvas.time($0))" } ?? "")
        ]
        guard let owner = registered.owner else {
            let latest = registration.at.later(by: RegisteredLife.lead)
            lines.append(
                "no scan has seen it yet: this counts if its first stack is created by \(canvas.time(latest))"
            )
            return lines.map(SafeText.line)
        }
        if owner.conflict {
            lines.append("several answer for it, which outweighs a registration: \(owner.detail)")
        } else if owner.source != "registration" {
            lines.append("its owner is \(owner.owner ?? "nobody") (\(owner.detail)), which outweighs a registration")
        }
        return lines.map(SafeText.line)
    }
}
