import Foundation
import Operations
import Synchronization

/// SIGTERM and SIGINT as a request to stop.
///
/// Everything else in Curfew may be killed at any instruction, and is left to these signals. Who sends messages knows
/// something that is lost with the process: whether the one under way was taken.
enum Interruption {
    private static let caught = Atomic<Int32>(0)

    /// From now on the first such signal is a request; a second one ends the process at once.
    static func asRequests() -> StopRequest {
        for number in [SIGTERM, SIGINT] {
            signal(number) { number in
                Interruption.caught.store(number, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        return StopRequest {
            switch Interruption.caught.load(ordering: .relaxed) {
            case 0: nil
            case SIGINT: "SIGINT"
            default: "SIGTERM"
            }
        }
    }
}
