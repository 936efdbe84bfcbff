"""Filing, following and deciding complaints (投诉) and reports (举报)."""
