"""Receipt printers: layout and status beside a thin driver."""
