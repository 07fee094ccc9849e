import Core
import Foundation

extension Forecast {
    /// The same with what each environment cost lately; unchanged where costs are not read.
    func adding(costsOf records: [EnvironmentRecord], asOf now: Date) -> Forecast {
        var forecast = self
        let oldest = CostMonth(containing: now).previous
        for index in forecast.environments.indices {
            let cost = records.first { $0.key == forecast.environments[index].key }?.cost
            forecast.environments[index].costs = cost?.months(asOf: now).filter { $0.month >= oldest }
        }
        return forecast
    }
}
